package io.handoff.cli.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * A mapping of the file, asked key by key. Whatever is not as expected is put among the problems, and what is asked for is then
 * its default: so one mistake hides no other. A key without a value counts as one that is not there.
 */
final class YamlMap {

    private final Node node;
    private final Map<String, NodeTuple> entries;
    private final Problems problems;

    private YamlMap(Node node, Map<String, NodeTuple> entries, Problems problems) {
        this.node = node;
        this.entries = entries;
        this.problems = problems;
    }

    /** Takes a mapping with some of the keys. */
    static YamlMap of(Node node, Set<String> keys, Problems problems) {
        YamlMap map = ofAnyKeys(node, problems);
        map.entries.entrySet().removeIf(entry -> {
            boolean unknown = !keys.contains(entry.getKey());
            if (unknown) {
                problems.add(
                        entry.getValue().getKeyNode(),
                        "unknown key '" + entry.getKey() + "'; expected " + String.join(", ", keys));
            }
            return unknown;
        });
        return map;
    }

    /** Takes a mapping whose keys are names that the file gives. */
    static YamlMap ofAnyKeys(Node node, Problems problems) {
        Map<String, NodeTuple> entries = new LinkedHashMap<>();
        if (node instanceof MappingNode mapping) {
            for (NodeTuple entry : mapping.getValue()) {
                put(entries, entry, problems);
            }
        } else {
            problems.add(node, "found " + kind(node) + "; expected keys with values");
        }
        return new YamlMap(node, entries, problems);
    }

    private static void put(Map<String, NodeTuple> entries, NodeTuple entry, Problems problems) {
        if (!(entry.getKeyNode() instanceof ScalarNode key)) {
            problems.add(entry.getKeyNode(), "found " + kind(entry.getKeyNode()) + " as a key; expected a name");
            return;
        }
        NodeTuple first = entries.putIfAbsent(key.getValue(), entry);
        if (first != null) {
            problems.add(key, "key '" + key.getValue() + "' again; it is in line " + lineOf(first.getKeyNode()));
        }
    }

    static int lineOf(Node node) {
        return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(0);
    }

    static String kind(Node node) {
        if (node instanceof ScalarNode scalar) {
            return isEmpty(node) ? "nothing" : "'" + scalar.getValue() + "'";
        }
        return node instanceof SequenceNode ? "a list" : "keys with values";
    }

    private static boolean isEmpty(Node node) {
        return Tag.NULL.equals(node.getTag());
    }

    Node node() {
        return node;
    }

    void problem(String text) {
        problems.add(node, text);
    }

    /** What belongs to a key; null if there is nothing. */
    @Nullable
    Node get(String key) {
        NodeTuple entry = entries.get(key);
        return entry == null || isEmpty(entry.getValueNode()) ? null : entry.getValueNode();
    }

    void forEach(BiConsumer<? super ScalarNode, ? super Node> action) {
        entries.values().forEach(entry -> action.accept((ScalarNode) entry.getKeyNode(), entry.getValueNode()));
    }

    /** The members of a list; none if there is none. */
    List<Node> list(String key) {
        Node value = get(key);
        if (value instanceof SequenceNode sequence) {
            return sequence.getValue();
        }
        if (value != null) {
            problems.add(value, key + ": found " + kind(value) + "; expected a list");
        }
        return List.of();
    }

    /** The members of a list of texts, each of them converted; those that cannot be are left out. */
    <T> List<T> texts(String key, Function<String, T> conversion) {
        List<T> values = new ArrayList<>();
        for (Node member : list(key)) {
            T value = convert(key, member, conversion);
            if (value != null) {
                values.add(value);
            }
        }
        return values;
    }

    @Nullable
    String text(String key) {
        return value(key, text -> text);
    }

    /**
     * What a text stands for.
     *
     * @param conversion throws an {@code IllegalArgumentException} that says what came and what was expected
     * @return null if there is no such key, or what it has is wrong
     */
    <T> @Nullable T value(String key, Function<String, T> conversion) {
        Node value = get(key);
        return value == null ? null : convert(key, value, conversion);
    }

    <T> T value(String key, Function<String, T> conversion, T byDefault) {
        T value = value(key, conversion);
        return value == null ? byDefault : value;
    }

    private <T> @Nullable T convert(String key, Node value, Function<String, T> conversion) {
        if (!(value instanceof ScalarNode scalar) || isEmpty(value)) {
            problems.add(value, key + ": found " + kind(value) + "; expected one value");
            return null;
        }
        try {
            return conversion.apply(scalar.getValue());
        } catch (IllegalArgumentException e) {
            problems.add(value, key + ": " + e.getMessage());
            return null;
        }
    }
}
