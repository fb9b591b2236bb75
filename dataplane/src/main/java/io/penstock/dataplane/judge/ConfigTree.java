package io.penstock.dataplane.judge;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * A configuration as what YAML is made of: maps, lists and words. It can be written by generators, taken apart by the shrinker,
 * and printed for people; what it means is the configuration reader's to say.
 *
 * <p>Threads: one at a time.
 */
public final class ConfigTree {

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_./-][A-Za-z0-9_./@-]*");
    private static final int INDENT = 2;

    private final Map<String, Object> root;

    private ConfigTree(final Map<String, Object> root) {
        this.root = root;
    }

    /** With nothing in it. */
    public static ConfigTree empty() {
        return new ConfigTree(new LinkedHashMap<>());
    }

    /** Reads YAML that the configuration reader has accepted. */
    static ConfigTree parse(final String yaml) {
        final Object read = new Load(LoadSettings.builder().build()).loadFromString(yaml);
        return new ConfigTree(read == null ? new LinkedHashMap<>() : cast(copy(read)));
    }

    /** The map at a key, which is made if need be. */
    public Map<String, Object> map(final String... path) {
        Map<String, Object> at = root;
        for (final String key : path) {
            at = cast(at.computeIfAbsent(key, _ -> new LinkedHashMap<String, Object>()));
        }
        return at;
    }

    /** The list at a key, which is made if need be; the last word of the path names it. */
    public List<Object> list(final String... path) {
        Map<String, Object> at = root;
        for (int i = 0; i < path.length - 1; i++) {
            at = cast(at.computeIfAbsent(path[i], _ -> new LinkedHashMap<String, Object>()));
        }
        return castList(at.computeIfAbsent(path[path.length - 1], _ -> new ArrayList<>()));
    }

    /** A copy that shares nothing. */
    public ConfigTree copy() {
        return new ConfigTree(cast(copy(root)));
    }

    Map<String, Object> root() {
        return root;
    }

    /** As YAML: one line for each port, address list, route and sysctl; texts of several lines, which end with one, as they are. */
    @Override
    public String toString() {
        final StringBuilder out = new StringBuilder();
        block(root, 0, out);
        return out.toString();
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> cast(final Object value) {
        return (Map<String, Object>) value;
    }

    @SuppressWarnings("unchecked")
    static List<Object> castList(final Object value) {
        return (List<Object>) value;
    }

    private static Object copy(final Object value) {
        if (value instanceof Map<?, ?> map) {
            final Map<String, Object> copy = new LinkedHashMap<>();
            map.forEach((key, element) -> copy.put(String.valueOf(key), copy(element)));
            return copy;
        }
        if (value instanceof List<?> list) {
            final List<Object> copy = new ArrayList<>();
            list.forEach(element -> copy.add(copy(element)));
            return copy;
        }
        return value;
    }

    private static void block(final Map<String, Object> map, final int indent, final StringBuilder out) {
        map.forEach((key, value) -> {
            out.repeat(" ", indent).append(word(key)).append(':');
            if (indent < 2 * INDENT && value instanceof Map<?, ?> inner && !inner.isEmpty() && !isLeaf(inner)) {
                out.append('\n');
                block(cast(inner), indent + INDENT, out);
            } else if (value instanceof final String text && text.endsWith("\n")) {
                out.append(" |\n");
                text.lines().forEach(line -> out.repeat(" ", indent + INDENT).append(line).append('\n'));
            } else if (value instanceof List<?> list && list.stream().anyMatch(e -> e instanceof Map)) {
                out.append('\n');
                list.forEach(element -> flow(element, out.repeat(" ", indent + INDENT).append("- ")).append('\n'));
            } else {
                flow(value, out.append(' ')).append('\n');
            }
        });
    }

    /** True for a map that describes one thing, such as a port. */
    private static boolean isLeaf(final Map<?, ?> map) {
        return map.containsKey("device");
    }

    private static StringBuilder flow(final Object value, final StringBuilder out) {
        switch (value) {
            case Map<?, ?> map -> {
                out.append("{ ");
                final int start = out.length();
                map.forEach((key, element) ->
                        flow(element, out.append(out.length() == start ? "" : ", ").append(word(key)).append(": ")));
                return out.append(" }");
            }
            case List<?> list -> {
                out.append('[');
                final int start = out.length();
                list.forEach(element -> flow(element, out.append(out.length() == start ? "" : ", ")));
                return out.append(']');
            }
            case null -> {
                return out.append("null");
            }
            default -> {
                return out.append(word(value));
            }
        }
    }

    private static String word(final Object value) {
        final String text = String.valueOf(value);
        return PLAIN.matcher(text).matches() ? text : '"' + text + '"';
    }
}
