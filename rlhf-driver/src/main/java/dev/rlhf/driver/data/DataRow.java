package dev.rlhf.driver.data;

import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.prompt.BrokenText;
import java.util.List;
import java.util.Map;

/**
 * One row of a file.
 *
 * @param place where it stands, e.g. {@code data/gsm8k.jsonl:17}
 * @param fields what stands in it, in the order of the file
 */
record DataRow(String place, Map<String, Cell> fields) {
    /** Columns in which conversations are kept, which are a list of turns. */
    private static final List<String> CONVERSATIONS = List.of("messages", "conversations", "conversation");

    /**
     * What stands under a key.
     *
     * @param text as it is written in the file, a number too
     * @param kind what it is
     */
    record Cell(String text, Kind kind) {
        static final Cell NOTHING = new Cell("", Kind.NOTHING);
        static final Cell NESTED = new Cell("", Kind.NESTED);
    }

    /** What a cell holds. */
    enum Kind {
        /** A text. */
        TEXT,
        /** A number, true or false. */
        NUMBER,
        /** Nothing at all. */
        NOTHING,
        /** A list or a block. */
        NESTED
    }

    /** The text under {@code key}, which a number cannot be; throws USER naming the row and the key. */
    String dialogue(String key) {
        Cell cell = cell(key);
        if (cell.kind() != Kind.TEXT) {
            throw RlhfException.user(place + ": '" + key + "' must be a text of several turns, not " + cell.text());
        }
        return cell.text();
    }

    /** The text or number under {@code key}, as written; throws USER naming the row, the key and the keys that are there. */
    String text(String key) {
        return cell(key).text();
    }

    private Cell cell(String key) {
        Cell cell = fields.get(key);
        if (cell == null) {
            refuseConversation();
            throw RlhfException.user(place + ": there is no '" + key + "'; the line has " + fields.keySet());
        }
        if (cell.kind() == Kind.NOTHING || cell.kind() == Kind.NESTED) {
            refuseConversation();
            throw RlhfException.user(place + ": '" + key + "' must be a text or a number");
        }
        try {
            BrokenText.refuse(cell.text());
        } catch (RlhfException broken) {
            throw RlhfException.user(place + ": '" + key + "': " + broken.getMessage());
        }
        return cell;
    }

    private void refuseConversation() {
        CONVERSATIONS.stream()
                .filter(name -> fields.getOrDefault(name, Cell.NOTHING).kind() == Kind.NESTED)
                .findFirst()
                .ifPresent(name -> {
                    throw RlhfException.user(
                            place + ": '" + name + "' is a conversation of several turns, which is not yet"
                                    + " read; write each as one text under prompt-key, turns and marks included, and what is to be"
                                    + " learnt under a key of its own");
                });
    }
}
