package dev.rlhf.learner.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonMistakeTest {
    private static final ObjectMapper STRICT =
            new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    @ParameterizedTest
    @ValueSource(strings = {"{\"a\": {", "{\"a\": \"b", "{} 5", "{'a': 1}", "{\"a\": 1,, }", "]", "tru"})
    void itIsToldWithoutTheParsersOwnAffairs(String text) {
        assertThat(describe(text)).startsWith("column ").doesNotContain("Source", "Feature", "`", "(start");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\n\"a\": b}", "{\n\"a\": "})
    void aLaterLineIsCounted(String text) {
        assertThat(describe(text)).startsWith("line 2, column ");
    }

    private static String describe(String text) {
        return JsonMistake.describe(catchThrowableOfType(JsonProcessingException.class, () -> STRICT.readTree(text)));
    }
}
