package dev.rlhf.config;

import dev.rlhf.core.base.Block;
import dev.rlhf.core.base.Range;
import dev.rlhf.core.base.RlhfException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The records that each choice by {@code kind} is between: those a sealed interface permits, those an open one was given. */
public final class Choices {
    /** How the description of a list begins; that of an item follows. */
    static final String LIST = "a list, each item ";

    private final Map<Class<?>, Map<String, Class<?>>> open = new LinkedHashMap<>();

    private Choices() {}

    /**
     * The choices of sealed interfaces and these of open ones.
     *
     * @param records the records of each open interface, in the order in which messages name their kinds
     * @throws RlhfException USER when two records of an interface have one kind, BUG when a record has none
     */
    public static Choices of(Map<Class<?>, ? extends Collection<? extends Class<?>>> records) {
        Choices choices = new Choices();
        records.forEach((choice, given) -> choices.open.put(choice, byKind(given)));
        return choices;
    }

    /** Whether the type is a choice between records. */
    boolean isChoice(Class<?> type) {
        return type.isSealed() || open.containsKey(type);
    }

    /** The records a choice is between, by {@code kind}. */
    Map<String, Class<?>> kinds(Class<?> choice) {
        Map<String, Class<?>> given = open.get(choice);
        return given == null ? byKind(List.of(choice.getPermittedSubclasses())) : given;
    }

    /** What a message calls the values of a key. */
    String describe(RecordComponent component) {
        Range range = component.getAnnotation(Range.class);
        return describe(component.getGenericType())
                + (range == null ? "" : ", " + Scalars.describe(range))
                + (Shape.isNullable(component) ? ", or null" : "");
    }

    private String describe(Type type) {
        if (type instanceof ParameterizedType) {
            return LIST + describe(Shape.itemType(type));
        }
        Class<?> raw = (Class<?>) type;
        if (Scalars.covers(raw)) {
            return Scalars.describe(raw);
        }
        return isChoice(raw)
                ? "a block whose kind is " + Scalars.oneOf(kinds(raw).keySet())
                : "a block with " + String.join(", ", Shape.keys(raw).keySet());
    }

    private static Map<String, Class<?>> byKind(Collection<? extends Class<?>> records) {
        Map<String, Class<?>> kinds = new LinkedHashMap<>();
        for (Class<?> type : records) {
            Block block = Shape.block(type);
            if (block.kinds().length == 0) {
                throw RlhfException.bug(type + " is of no kind");
            }
            for (String kind : block.kinds()) {
                Class<?> other = kinds.put(kind, type);
                if (other != null) {
                    throw RlhfException.user("two classes are of kind '" + kind + "': " + other.getName() + " and "
                            + type.getName() + "; rename one of them");
                }
            }
        }
        return kinds;
    }
}
