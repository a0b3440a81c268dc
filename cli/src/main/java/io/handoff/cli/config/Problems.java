package io.handoff.cli.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.Node;

/** Collects what is wrong with one file: whoever writes it learns of everything at once. */
final class Problems {

    private final List<ConfigProblem> found = new ArrayList<>();

    void add(Node at, String text) {
        found.add(at.getStartMark()
                .map(mark -> at(mark, text))
                .orElseThrow(() -> new IllegalStateException("a node that was read has a mark")));
    }

    /** YAML counts from 0, editors do not. */
    static ConfigProblem at(Mark mark, String text) {
        return new ConfigProblem(mark.getLine() + 1, mark.getColumn() + 1, text);
    }

    /** What is wrong up to now, in the order of the file. */
    List<ConfigProblem> found() {
        return found.stream()
                .sorted(Comparator.comparingInt(ConfigProblem::line).thenComparingInt(ConfigProblem::column))
                .toList();
    }
}
