package io.handoff.netty.takeover;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.handoff.testkit.BlockingSocket;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** A client of a {@link Release}. */
public final class LineClient implements AutoCloseable {

    public final BlockingSocket socket;
    private int lines;

    /** Connects. */
    public LineClient(SocketAddress address) throws IOException {
        socket = BlockingSocket.connect(address);
    }

    /** Asks once, and returns who has answered, and that it is the next line of the connection. */
    public String ask(String line) throws IOException {
        lines++;
        socket.send(line + "\n");
        String answer = receiveLine();
        assertThat(answer).endsWith(" " + lines + " " + line);
        return answer.substring(0, answer.indexOf(' '));
    }

    /** Sends half a line, which the other half is to follow. */
    public void begin(String half) throws IOException {
        socket.send(half);
    }

    /** Sends the other half, and returns who has answered the whole. */
    public String finish(String whole, String rest) throws IOException {
        lines++;
        socket.send(rest + "\n");
        String answer = receiveLine();
        assertThat(answer).endsWith(" " + lines + " " + whole);
        return answer.substring(0, answer.indexOf(' '));
    }

    private String receiveLine() throws IOException {
        StringBuilder line = new StringBuilder();
        for (String next = socket.receiveText(1); !next.equals("\n"); next = socket.receiveText(1)) {
            line.append(next);
        }
        return line.toString();
    }

    /**
     * Floods with numbered lines, in pieces of any size, and checks that each is answered once and in order.
     *
     * @return who has answered, in the order in which they have begun to
     */
    public Set<String> flood(int count, Random random) throws IOException {
        StringBuilder all = new StringBuilder();
        for (int number = 1; number <= count; number++) {
            all.append("line ").append(number).append('\n');
        }
        byte[] stream = all.toString().getBytes(US_ASCII);
        ByteArrayOutputStream received = new ByteArrayOutputStream();
        int at = 0;
        while (at < stream.length) {
            int next = Math.min(stream.length, at + 1 + random.nextInt(40));
            socket.send(Arrays.copyOfRange(stream, at, next));
            received.writeBytes(socket.receiveNow());
            at = next;
        }
        String last = " " + count + " line " + count + "\n";
        while (!received.toString(US_ASCII).endsWith(last)) {
            byte[] some = socket.receiveUpTo(1);
            assertThat(some).as("the connection goes on").isNotEmpty();
            received.writeBytes(some);
        }
        List<String> answers =
                new ArrayList<>(received.toString(US_ASCII).lines().toList());
        assertThat(answers).hasSize(count);
        Set<String> names = new LinkedHashSet<>();
        for (int number = 1; number <= count; number++) {
            String answer = answers.get(number - 1);
            names.add(answer.substring(0, answer.indexOf(' ')));
            assertThat(answer).endsWith(" " + number + " line " + number);
        }
        return names;
    }

    @Override
    public void close() {
        socket.close();
    }
}
