package io.penstock.dataplane.config;

import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * A value of the file that knows its place and its path, and reads itself as what the caller expects.
 *
 * @param file the file's name as the user gave it
 * @param path dotted keys from the top, empty at the top
 * @param key  the node of the key, or null for the top and for elements of lists
 * @param node the value
 */
record Yaml(String file, String path, Node key, Node node) {

    private static final Set<Tag> SCALARS = Set.of(Tag.STR, Tag.INT, Tag.FLOAT, Tag.BOOL, Tag.NULL);

    /** {@code FILE:LINE:COLUMN} of the value. */
    String where() {
        return where(node);
    }

    /** {@code FILE:LINE:COLUMN} of the key. */
    String keyWhere() {
        return where(key);
    }

    /** A refusal that points at the value. */
    ConfigurationException error(final String sentence) {
        return new ConfigurationException(where(), sentence);
    }

    /** A refusal that points at the key. */
    ConfigurationException keyError(final String sentence) {
        return new ConfigurationException(where(key), sentence);
    }

    /** The entries of a mapping with any keys; empty when there is no value. */
    Map<String, Yaml> mapping() {
        return mapping(null);
    }

    /** The entries of a mapping that may have only these keys. */
    Map<String, Yaml> mapping(final Collection<String> known) {
        final Map<String, Yaml> entries = new LinkedHashMap<>();
        if (isNull()) {
            return entries;
        }
        if (!(node instanceof MappingNode mapping)) {
            throw error(name() + " must be a mapping" + keys(known) + ", not " + kind());
        }
        checkTag(Tag.MAP);
        for (final NodeTuple tuple : mapping.getValue()) {
            if (!(tuple.getKeyNode() instanceof ScalarNode keyNode)) {
                throw new ConfigurationException(where(tuple.getKeyNode()), "a key must be a plain word");
            }
            final String word = keyNode.getValue();
            final Yaml entry = new Yaml(file, path.isEmpty() ? word : path + '.' + word, keyNode, tuple.getValueNode());
            if (known != null && !known.contains(word)) {
                throw entry.keyError("unknown key '" + word + "' in " + name() + ": the nearest known key is '"
                        + NearestWord.of(word, known) + "'; supported here: " + String.join(", ", known));
            }
            final Yaml earlier = entries.put(word, entry);
            if (earlier != null) {
                throw entry.keyError("the key '" + word + "' is given twice, first in line "
                        + line(earlier.key) + "; keep one");
            }
        }
        return entries;
    }

    /** The elements of a list; empty when there is no value. */
    List<Yaml> sequence(final String example) {
        if (isNull()) {
            return List.of();
        }
        if (!(node instanceof SequenceNode sequence)) {
            throw error(name() + " must be a list such as " + example + ", not " + kind());
        }
        checkTag(Tag.SEQ);
        return sequence.getValue().stream().map(n -> new Yaml(file, path, null, n)).toList();
    }

    /** A scalar's text. */
    String text() {
        if (isNull()) {
            throw error(name() + " has no value; give it one or remove the key");
        }
        if (!(node instanceof ScalarNode scalar)) {
            throw error(name() + " must be a single value, not " + kind());
        }
        if (!SCALARS.contains(scalar.getTag())) {
            throw error(name() + " has the tag " + scalar.getTag() + "; remove the tag");
        }
        return scalar.getValue();
    }

    /** A whole number within bounds, both included. */
    int integer(final int min, final int max) {
        final String text = text();
        if (text.matches("-?\\d{1,9}")) {
            final int value = Integer.parseInt(text);
            if (value >= min && value <= max) {
                return value;
            }
        }
        throw error(name() + " must be a whole number from " + min + " to " + max + ", not '" + text + '\'');
    }

    /** {@code true} or {@code false}. */
    boolean yesOrNo() {
        return switch (text()) {
            case "true" -> true;
            case "false" -> false;
            default -> throw error(name() + " must be true or false, not '" + text() + '\'');
        };
    }

    /** One of an enum's constants, written in lower case. */
    <E extends Enum<E>> E choice(final Class<E> type) {
        final String text = text();
        final List<String> words = Arrays.stream(type.getEnumConstants())
                .map(c -> c.name().toLowerCase(Locale.ROOT))
                .toList();
        final int index = words.indexOf(text);
        if (index < 0) {
            throw error(name() + "='" + text + "' is not known: the nearest known value is '"
                    + NearestWord.of(text, words) + "'; supported: " + String.join(", ", words));
        }
        return type.getEnumConstants()[index];
    }

    /** A scalar read by one of {@link Literals}' methods. */
    <T> T literal(final Function<String, T> parser) {
        final String text = text();
        try {
            return parser.apply(text);
        } catch (final IllegalArgumentException e) {
            throw error(name() + ": " + e.getMessage());
        }
    }

    /** True when the value is absent or {@code null}. */
    boolean isNull() {
        return node instanceof ScalarNode scalar && scalar.getTag().equals(Tag.NULL);
    }

    /** True for a mapping. */
    boolean isMapping() {
        return node instanceof MappingNode;
    }

    /** True for a list. */
    boolean isSequence() {
        return node instanceof SequenceNode;
    }

    /** How messages call this value. */
    String name() {
        return path.isEmpty() ? "the top level" : path;
    }

    private void checkTag(final Tag expected) {
        if (!node.getTag().equals(expected)) {
            throw error(name() + " has the tag " + node.getTag() + "; remove the tag");
        }
    }

    private String kind() {
        return switch (node) {
            case MappingNode _ -> "a mapping";
            case SequenceNode _ -> "a list";
            case ScalarNode scalar -> "'" + scalar.getValue() + '\'';
            default -> "a " + node.getNodeType();
        };
    }

    private static String keys(final Collection<String> known) {
        return known == null ? "" : " with keys among " + String.join(", ", known);
    }

    private String where(final Node place) {
        return place.getStartMark().map(m -> where(file, m)).orElse(file);
    }

    private static int line(final Node place) {
        return place.getStartMark().map(Mark::getLine).orElse(-1) + 1;
    }

    static String where(final String file, final Mark mark) {
        return file + ':' + (mark.getLine() + 1) + ':' + (mark.getColumn() + 1);
    }
}
