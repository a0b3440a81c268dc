package io.handoff.benchmarks.compare;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/** The other end of a {@link ServerProcess}: what whoever started this server wants of it on its standard input. */
final class ParentProcess {

    /** The line that tells that the server listens. */
    static final String LISTENING = "listening";

    /** The line that asks for the memory in use; the answer is a {@link MemoryUse} as JSON. */
    static final String MEMORY = "memory";

    private ParentProcess() {}

    /** Tells that the server listens, and serves the parent until it has gone or closed the input. */
    static void serve() throws IOException {
        System.out.println(LISTENING);
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        JsonMapper json = new JsonMapper();
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            if (!line.equals(MEMORY)) {
                throw new IOException("the input was " + line + "; expected " + MEMORY);
            }
            System.out.println(json.writeValueAsString(MemoryUse.settled()));
        }
    }
}
