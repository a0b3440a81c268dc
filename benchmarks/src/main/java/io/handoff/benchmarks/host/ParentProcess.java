package io.handoff.benchmarks.host;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/** The other end of a {@link LineProcess}: what whoever started this process wants of it on its standard input. */
public final class ParentProcess {

    /** The line that tells that the server listens. */
    public static final String LISTENING = "listening";

    /** The line that asks for the memory in use; the answer is a {@link MemoryUse} as JSON. */
    public static final String MEMORY = "memory";

    /** The line that asks for {@link Allocations#bytes()}; the answer is a number. */
    public static final String ALLOCATED = "allocated";

    private ParentProcess() {}

    /** Answers a line with a line. */
    @FunctionalInterface
    public interface Answer {

        /**
         * Answers.
         *
         * @param question the line that the parent has sent
         * @return the line to print
         * @throws Exception ends the serving
         */
        String to(String question) throws Exception;
    }

    /**
     * Serves the parent until it has gone or closed the input.
     *
     * @param answer gives the answers
     * @throws Exception what the answer throws, or if the input cannot be read
     */
    public static void serve(Answer answer) throws Exception {
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            System.out.println(answer.to(line));
        }
    }

    /** Tells that the server listens, and serves the parent. */
    public static void serve() throws Exception {
        System.out.println(LISTENING);
        serve(ParentProcess::answer);
    }

    /**
     * Answers {@link #MEMORY} and {@link #ALLOCATED}.
     *
     * @param question the line that the parent has sent
     * @return what this JVM holds, or what it has allocated
     * @throws IOException if something else was asked
     */
    public static String answer(String question) throws IOException {
        return switch (question) {
            case MEMORY -> new JsonMapper().writeValueAsString(MemoryUse.settled());
            case ALLOCATED -> Long.toString(Allocations.bytes());
            default -> throw new IOException("the input was " + question + "; expected " + MEMORY + " or " + ALLOCATED);
        };
    }
}
