package io.handoff.examples.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;

/**
 * HTTP clients of a broker, or of a server itself: those of the JDK, and plain sockets.
 *
 * <p>A test class keeps one in a static field. The JDK's clients cannot be closed, so they have to be there before the first test begins. The
 * server that stops at the end of each test closes their connections.
 */
public final class HttpClients {

    /** A request after which the server closes. */
    public static final String LAST_REQUEST = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

    /** A request after which it does not. */
    public static final String REQUEST = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";

    private static final int READ_TIMEOUT_MILLIS = 60_000;
    private static final int REQUESTS = 3;

    private final HttpClient http1 =
            HttpClient.newBuilder().version(Version.HTTP_1_1).build();
    private final HttpClient http2 =
            HttpClient.newBuilder().version(Version.HTTP_2).build();

    /** What a server is to say of a connection. */
    public interface Greeting {
        /**
         * Words it.
         *
         * @param client the client's own address, and not the broker's
         * @param server where the client has connected
         */
        String of(InetSocketAddress client, InetSocketAddress server);
    }

    /** The JDK's client of HTTP/1.1. */
    public HttpClient http1() {
        return http1;
    }

    /** Asks three times, over HTTP/1.1, or over HTTP/2 in clear text; the broker is to have handed off one connection for that. */
    public void assertServedOnOneConnection(Version version, Broker broker) throws IOException, InterruptedException {
        URI uri = URI.create("http://localhost:" + broker.address().getPort() + "/");
        for (int i = 0; i < REQUESTS; i++) {
            HttpResponse<String> response = (version == Version.HTTP_2 ? http2 : http1)
                    .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
            assertThat(response.version()).isEqualTo(version);
            assertThat(response.body()).startsWith("hello ");
        }
        broker.stop();
        assertThat(broker.accepted()).isEqualTo(1);
    }

    /**
     * Asks once, on a connection of its own.
     *
     * @param address of the broker or the server
     * @param greeting what the answer has to end with
     * @return the answer, with its head
     */
    public static String ask(InetSocketAddress address, Greeting greeting) throws IOException {
        try (Socket client = connect(address)) {
            client.getOutputStream().write(LAST_REQUEST.getBytes(StandardCharsets.UTF_8));
            String answer = new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answer)
                    .startsWith("HTTP/1.1 200 OK\r\n")
                    .endsWith("\r\n\r\n"
                            + greeting.of((InetSocketAddress) client.getLocalSocketAddress(), (InetSocketAddress)
                                    client.getRemoteSocketAddress()));
            return answer;
        }
    }

    /** Connects a client that does not wait for good. The caller closes it. */
    public static Socket connect(InetSocketAddress address) throws IOException {
        Socket client = new Socket(address.getAddress(), address.getPort());
        client.setSoTimeout(READ_TIMEOUT_MILLIS);
        return client;
    }

    /** Sends a request after which the server does not close, and returns the first line of what comes back. Reads all that comes with it. */
    public static String firstLineOfTheAnswerTo(Socket client) throws IOException {
        client.getOutputStream().write(REQUEST.getBytes(StandardCharsets.UTF_8));
        byte[] bytes = new byte[1 << 16];
        int length = client.getInputStream().read(bytes);
        return new String(bytes, 0, Math.max(0, length), StandardCharsets.UTF_8)
                .lines()
                .findFirst()
                .orElse("");
    }

    /** Whether text is one whole answer, as the servers of the examples give it, with a line of text. */
    public static boolean isAnswer(String text) {
        return text.startsWith("HTTP/1.1 200 OK\r\n") && text.contains("\r\n\r\nhello ") && text.endsWith("\n");
    }
}
