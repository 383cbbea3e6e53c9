package dev.rlhf.config;

import dev.rlhf.core.base.Constant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.Yaml;

/** Writes records as the YAML they could have been bound from, every key present. */
public final class RecordYaml {
    private RecordYaml() {}

    /** The YAML of a record made by {@link Binder}. */
    public static String write(Record bound) {
        DumperOptions options = new DumperOptions();
        options.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
        options.setSplitLines(false);
        return new Yaml(options).dump(mapping(bound));
    }

    private static Map<String, @Nullable Object> mapping(Record bound) {
        Map<String, @Nullable Object> mapping = new LinkedHashMap<>();
        Shape.values(bound).forEach((key, value) -> mapping.put(key, plain(value)));
        return mapping;
    }

    private static @Nullable Object plain(@Nullable Object value) {
        if (value instanceof Record bound) {
            return mapping(bound);
        }
        if (value instanceof Enum<?> constant) {
            return Constant.text(constant);
        }
        if (value instanceof List<?> list) {
            List<@Nullable Object> items = new ArrayList<>();
            list.forEach(item -> items.add(plain(item)));
            return items;
        }
        boolean plain = value == null || value instanceof Number || value instanceof Boolean;
        return plain ? value : String.valueOf(value);
    }
}
