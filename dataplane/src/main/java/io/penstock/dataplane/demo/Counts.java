package io.penstock.dataplane.demo;

import io.penstock.dataplane.cli.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** A JSON object as a command printed it, asked by name; what is not there counts as nothing. */
record Counts(Map<?, ?> values) {

    private static final Counts NOTHING = new Counts(Map.of());

    /** Parses one object. */
    static Counts parse(final String text) {
        try {
            // JSON is a part of YAML 1.2.
            if (new Load(LoadSettings.builder().build()).loadFromString(text) instanceof final Map<?, ?> map) {
                return new Counts(map);
            }
        } catch (final YamlEngineException e) {
            throw new DemoException("not a JSON object: " + text, e);
        }
        throw new DemoException("not a JSON object: " + text);
    }

    /** The object of that name. */
    Counts object(final String name) {
        return values.get(name) instanceof final Map<?, ?> map ? new Counts(map) : NOTHING;
    }

    /** The number of that name. */
    long number(final String name) {
        return values.get(name) instanceof final Number number ? number.longValue() : 0;
    }

    /** The text of that name. */
    String text(final String name) {
        return values.get(name) instanceof final String text ? text : "";
    }

    /** All numbers but zeros, in their order. */
    Map<String, Long> numbers() {
        final Map<String, Long> numbers = new LinkedHashMap<>();
        for (final Map.Entry<?, ?> entry : values.entrySet()) {
            if (entry.getValue() instanceof final Number number && number.longValue() != 0) {
                numbers.put(String.valueOf(entry.getKey()), number.longValue());
            }
        }
        return numbers;
    }

    /** The names, in their order. */
    List<String> names() {
        return values.keySet().stream().map(String::valueOf).toList();
    }

    /** Writes the object as it was. */
    void write(final Json json) {
        writeValue(json, values);
    }

    private static void writeValue(final Json json, final Object value) {
        switch (value) {
            case final Map<?, ?> map -> {
                json.object();
                map.forEach((name, inner) -> writeValue(json.name(String.valueOf(name)), inner));
                json.end();
            }
            case final List<?> list -> {
                json.array();
                list.forEach(inner -> writeValue(json, inner));
                json.end();
            }
            case final Boolean bool -> json.value(bool);
            case final Double number -> json.value(number);
            case final Number number -> json.value(number.longValue());
            case null -> json.value(null);
            default -> json.value(value.toString());
        }
    }
}
