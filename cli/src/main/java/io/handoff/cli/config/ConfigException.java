package io.handoff.cli.config;

import java.util.List;
import java.util.stream.Collectors;

/** A file that no broker can run with. */
public final class ConfigException extends Exception {

    private static final long serialVersionUID = 1L;

    private final transient List<String> problems;

    ConfigException(String file, List<ConfigProblem> problems) {
        super(problems.stream().map(problem -> problem.at(file)).collect(Collectors.joining(System.lineSeparator())));
        this.problems = problems.stream().map(problem -> problem.at(file)).toList();
    }

    /** All that is wrong, in the order of the file, a line each. */
    public List<String> problems() {
        return problems;
    }
}
