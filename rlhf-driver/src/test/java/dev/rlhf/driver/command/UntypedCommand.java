package dev.rlhf.driver.command;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.yaml.snakeyaml.Yaml;

/**
 * Commands of a page that no test types as they stand.
 *
 * @param page the page, from the project's root
 * @param begins how they begin
 * @param because why they are not typed
 * @param instead the test or the script that does the like
 */
record UntypedCommand(String page, String begins, String because, String instead) {
    /** All of them. */
    static List<UntypedCommand> all() throws IOException {
        try (InputStream file = UntypedCommand.class.getResourceAsStream("not-typed.yaml")) {
            return new ObjectMapper()
                    .convertValue(new Yaml().<Object>load(file), new TypeReference<List<UntypedCommand>>() {});
        }
    }

    /** Whether it means a command of a page. */
    boolean means(String where, String command) {
        return page.equals(where) && command.startsWith(begins);
    }
}
