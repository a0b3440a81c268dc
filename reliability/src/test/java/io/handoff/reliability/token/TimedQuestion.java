package io.handoff.reliability.token;

import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;

/**
 * How much longer a question takes about a token that is wrong late than about one that is wrong early. Both are asked in
 * turn, many times together; the difference of each round is one value, and of all values the median counts: what else
 * the machine does meets one as often as the other.
 */
final class TimedQuestion {

    private final String name;
    private final Predicate<WrongToken> question;
    private final double[] differences;
    private int rounds;

    TimedQuestion(String name, Predicate<WrongToken> question, int rounds) {
        this.name = name;
        this.question = question;
        this.differences = new double[rounds];
    }

    /** Asks about all of them, and forgets how long it took. */
    void rehearse(List<WrongToken> early, List<WrongToken> late) {
        nanos(early);
        nanos(late);
    }

    /** Asks about all of them once; the caller draws which come first. */
    void ask(List<WrongToken> early, List<WrongToken> late, boolean isLateFirst) {
        double first = nanos(isLateFirst ? late : early);
        double second = nanos(isLateFirst ? early : late);
        differences[rounds++] = isLateFirst ? first - second : second - first;
    }

    private double nanos(List<WrongToken> tokens) {
        int right = 0;
        long start = System.nanoTime();
        for (WrongToken token : tokens) {
            right += question.test(token) ? 1 : 0;
        }
        long elapsed = System.nanoTime() - start;
        if (right > 0) {
            throw new AssertionError("a wrong token was taken for the right one");
        }
        return (double) elapsed / tokens.size();
    }

    String name() {
        return name;
    }

    /** The median of the differences, in nanoseconds of one question. */
    double median() {
        return ranked(0);
    }

    /** Where the true median is with 95 % confidence: from here to {@link #upper}. */
    double lower() {
        return ranked(-Math.sqrt(rounds));
    }

    double upper() {
        return ranked(Math.sqrt(rounds));
    }

    /** In so many of all rounds the late ones took longer. */
    double shareOfSlowerLate() {
        return (double) Arrays.stream(differences).filter(each -> each > 0).count() / rounds;
    }

    /** The order statistics around the median have it between them with a probability that depends on nothing else. */
    private double ranked(double distance) {
        double[] sorted = differences.clone();
        Arrays.sort(sorted);
        return sorted[(int) Math.round((rounds - 1) / 2.0 + distance)];
    }
}
