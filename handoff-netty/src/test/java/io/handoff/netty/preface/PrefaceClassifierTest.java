package io.handoff.netty.preface;

import static io.handoff.netty.preface.ClientHellos.alpn;
import static io.handoff.netty.preface.ClientHellos.inRecords;
import static io.handoff.netty.preface.ClientHellos.message;
import static io.handoff.netty.preface.ClientHellos.serverName;
import static org.assertj.core.api.Assertions.assertThat;

import io.handoff.netty.preface.ClientPreface.Http1;
import io.handoff.netty.preface.ClientPreface.Http2;
import io.handoff.netty.preface.ClientPreface.Other;
import io.handoff.netty.preface.ClientPreface.Tls;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PrefaceClassifierTest {

    private static final int MAX = 64 * 1024;

    static Stream<Arguments> prefaces() throws Exception {
        byte[] hello = message(serverName("Backend.Example."), alpn("h2", "http/1.1"));
        return Stream.of(
                Arguments.of(
                        "the JDK's hello",
                        ClientHellos.real("www.example.com", "h2", "http/1.1"),
                        new Tls("www.example.com", List.of("h2", "http/1.1"))),
                Arguments.of(
                        "a hello in one record",
                        inRecords(hello, MAX),
                        new Tls("backend.example", List.of("h2", "http/1.1"))),
                Arguments.of(
                        "a hello in records of seven bytes",
                        inRecords(hello, 7),
                        new Tls("backend.example", List.of("h2", "http/1.1"))),
                Arguments.of(
                        "a hello in records of one byte",
                        inRecords(hello, 1),
                        new Tls("backend.example", List.of("h2", "http/1.1"))),
                Arguments.of("a hello that names nothing", inRecords(message(), MAX), new Tls(null, List.of())),
                Arguments.of(
                        "a hello with two names",
                        inRecords(message(serverName("first.example", "second.example")), MAX),
                        new Tls("first.example", List.of())),
                Arguments.of(
                        "a hello with a name of 300 bytes",
                        inRecords(message(serverName("x.".repeat(150)), alpn("h2")), MAX),
                        new Tls(null, List.of("h2"))),
                Arguments.of(
                        "a hello with an identifier that is no text",
                        inRecords(message(alpn("\n\n", "\u00ff")), MAX),
                        new Tls(null, List.of("\n\n", "\u00ff"))),
                Arguments.of(
                        "a request",
                        ascii("GET /a/b?c=d HTTP/1.1\r\nHost: Example.COM:8443\r\nAccept: */*\r\n\r\n"),
                        new Http1("GET", "/a/b", "example.com")),
                Arguments.of(
                        "a request after an empty line",
                        ascii("\r\nGET / HTTP/1.1\r\nhost:[2001:DB8:0::1]:80\r\n\r\n"),
                        new Http1("GET", "/", "2001:db8::1")),
                Arguments.of("a request without a host", ascii("GET / HTTP/1.0\r\n\r\n"), new Http1("GET", "/", null)),
                Arguments.of(
                        "lines that end without CR",
                        ascii("GET / HTTP/1.1\nHost: example.com\n\n"),
                        new Http1("GET", "/", "example.com")),
                Arguments.of(
                        "a request to a proxy",
                        ascii("GET http://user@Example.com:80?q HTTP/1.1\r\nHost: other.example\r\n\r\n"),
                        new Http1("GET", "/", "example.com")),
                Arguments.of(
                        "a tunnel",
                        ascii("CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n"),
                        new Http1("CONNECT", "", "example.com")),
                Arguments.of(
                        "a question about the server",
                        ascii("OPTIONS * HTTP/1.1\r\nHost: example.com\r\n\r\n"),
                        new Http1("OPTIONS", "*", "example.com")),
                Arguments.of(
                        "a method of the program's own",
                        ascii("PRINT /x HTTP/1.1\r\nHost: example.com\r\n\r\n"),
                        new Http1("PRINT", "/x", "example.com")),
                Arguments.of(
                        "a header of 32 KiB",
                        ascii("GET / HTTP/1.1\r\nCookie: " + "c".repeat(32 * 1024) + "\r\nHost: example.com\r\n\r\n"),
                        new Http1("GET", "/", "example.com")),
                Arguments.of(
                        "two hosts",
                        ascii("GET / HTTP/1.1\r\nHost: a.example\r\nHost: b.example\r\n\r\n"),
                        new Other()),
                Arguments.of("the preface of HTTP/2", ascii("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), new Http2()),
                Arguments.of("almost the preface of HTTP/2", ascii("PRI * HTTP/2.0\r\n\r\nSN\r\n\r\n"), new Other()),
                Arguments.of(
                        "a request of another protocol",
                        ascii("OPTIONS * RTSP/1.0\r\nHost: example.com\r\n\r\n"),
                        new Other()),
                Arguments.of("a line that is no request", ascii("SSH-2.0-OpenSSH_9.6\r\n"), new Other()),
                Arguments.of("a line of Redis", ascii("*1\r\n$4\r\nPING\r\n"), new Other()),
                Arguments.of("a record that holds no hello", record(22, 2, 0, 0, 0), new Other()),
                Arguments.of("a record without content", record(22), new Other()),
                Arguments.of("a record of another version", bytes(22, 2, 0, 0, 1, 1), new Other()),
                Arguments.of("a hello that is too short", record(22, 1, 0, 0, 3, 3, 3, 0), new Other()),
                Arguments.of(
                        "a hello that goes on in an alert", concat(record(22, 1, 0), record(21, 1, 0)), new Other()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("prefaces")
    void shouldTellWhatTheBytesAre(String name, byte[] bytes, ClientPreface expected) {
        assertThat(inPieces(bytes, bytes.length)).isEqualTo(expected);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("prefaces")
    void shouldTellTheSameWhereverTheBytesAreCut(String name, byte[] bytes, ClientPreface expected) {
        int step = bytes.length > 1024 ? 251 : 1;
        for (int cut = 1; cut < bytes.length; cut += step) {
            assertThat(inPieces(bytes, cut, bytes.length)).as("cut at " + cut).isEqualTo(expected);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("prefaces")
    void shouldTellTheSameOfBytesThatComeOneByOne(String name, byte[] bytes, ClientPreface expected) {
        int step = bytes.length > 1024 ? 64 : 1;
        int[] ends = new int[(bytes.length + step - 1) / step];
        Arrays.setAll(ends, i -> Math.min(bytes.length, (i + 1) * step));

        assertThat(inPieces(bytes, ends)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\u0000\u0000\u0000\b\u0004\u00d2\u0016/",
                "\u0010\f\u0000\u0004MQTT",
                "AMQP\u0000",
                " GET",
                "\u0080",
                "G\u007f"
            })
    void shouldNotWaitForALineThatABinaryProtocolNeverEnds(String text) {
        assertThat(inPieces(text.getBytes(StandardCharsets.ISO_8859_1), text.length()))
                .isEqualTo(new Other());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"P", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r", "GET", "hello", "\r\n", "GET / HTTP/1.1\r\nHost: a\r\n"})
    void shouldWaitForMoreAsLongAsItMayBecomeSomething(String text) {
        assertThat(inPieces(ascii(text), text.length())).isNull();
    }

    @Test
    void shouldKnowThatARecordTellsNothingBeforeItIsWhole() {
        byte[] records = inRecords(message(serverName("a.example")), 30);
        PrefaceClassifier classifier = new PrefaceClassifier(MAX);
        List<Integer> needed = new ArrayList<>();
        try {
            for (int length = 1; length < records.length; length = classifier.needed()) {
                assertThat(classifier.classify(Arrays.copyOf(records, length))).isNull();
                needed.add(classifier.needed());
            }
            assertThat(classifier.classify(records)).isEqualTo(new Tls("a.example", List.of()));
        } finally {
            classifier.close();
        }

        assertThat(needed).containsExactly(5, 35, 40, 70, 75, records.length);
    }

    @Test
    void shouldTellAtOnceThatMoreBytesWouldBeNeededThanAreLookedAt() {
        byte[] hello = ClientHellos.ofLength(4096, "a.example");

        assertThat(inPieces(4095, hello, ClientHellos.RECORD_HEADER)).isEqualTo(new Other());
        assertThat(inPieces(4096, hello, ClientHellos.RECORD_HEADER)).isNull();
        assertThat(inPieces(4096, hello, 4096)).isEqualTo(new Tls("a.example", List.of()));
        assertThat(inPieces(8, ascii("GET / HT"), 7)).isNull();
        assertThat(inPieces(8, ascii("GET / HT"), 8)).isEqualTo(new Other());
    }

    @Test
    void shouldTakeAHelloOf64KiB() {
        byte[] hello = ClientHellos.ofLength(MAX, "a.example");

        assertThat(hello).hasSize(MAX);
        assertThat(inPieces(hello, MAX)).isEqualTo(new Tls("a.example", List.of()));
        assertThat(inPieces(ClientHellos.ofLength(MAX + 1, "a.example"), MAX)).isEqualTo(new Other());
    }

    private static @Nullable ClientPreface inPieces(byte[] bytes, int... ends) {
        return inPieces(MAX, bytes, ends);
    }

    /** Shows what is there up to each of the ends, until something is told. */
    private static @Nullable ClientPreface inPieces(int max, byte[] bytes, int... ends) {
        PrefaceClassifier classifier = new PrefaceClassifier(max);
        try {
            for (int end : ends) {
                ClientPreface told = classifier.classify(Arrays.copyOf(bytes, end));
                if (told != null) {
                    return told;
                }
            }
            return null;
        } finally {
            classifier.close();
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] record(int type, int... content) {
        return concat(bytes(type, 3, 1, 0, content.length), bytes(content));
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    private static byte[] concat(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }
}
