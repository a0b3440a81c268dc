package io.handoff.proto.v1;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.DebugFormat;
import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.TextFormat;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Pins the frozen schema (WIRE §4): whoever edits it has to edit this table too, and to know why. */
class EnvelopeSchemaTest {

    private static final String SCHEMA = """
            package running_process.broker.v1, proto3
            message Frame
              1 envelope_version: singular uint32
              2 kind: singular running_process.broker.v1.FrameKind
              3 payload_protocol: singular uint32
              4 payload: singular bytes, redacted
              5 request_id: singular uint64
              6 payload_encoding: singular running_process.broker.v1.PayloadEncoding
              7 deadline_unix_ms: singular uint64
              8 traceparent: singular string
              9 tracestate: singular string
              reserved 10 to 15
            message HandoffOffer
              1 handle_value: singular uint64
              2 token: singular bytes, redacted
              3 service_name: singular string
              4 correlation_id: singular uint64
              6110 unread: singular bytes, redacted
              6111 state: singular bytes, redacted
              reserved 5 to 10
            message HandoffAck
              1 token: singular bytes, redacted
              2 accepted: singular bool
              3 error_detail: singular string
              4 correlation_id: singular uint64
              6110 taken: singular uint64
              reserved 5 to 10
            enum FrameKind
              0 FRAME_KIND_REQUEST
              1 FRAME_KIND_RESPONSE
              2 FRAME_KIND_EVENT
              3 FRAME_KIND_CANCEL
            enum PayloadEncoding
              0 PAYLOAD_ENCODING_NONE
              1 PAYLOAD_ENCODING_ZSTD
              2 PAYLOAD_ENCODING_SNAPPY
              3 PAYLOAD_ENCODING_LZ4
            """;

    private static final byte[] BINARY_TOKEN = HexFormat.of().parseHex("deadbeefcafef00d8badf00dfeedfacf");
    private static final byte[] PRINTABLE_TOKEN = "hunter2-opensesa".getBytes(StandardCharsets.US_ASCII);

    @Test
    void shouldStayAsItIsFrozen() {
        assertThat(render(Frame.getDescriptor().getFile())).isEqualTo(SCHEMA);
    }

    @Test
    void shouldHaveItsMessagesInTheOneFile() {
        FileDescriptor file = Frame.getDescriptor().getFile();

        assertThat(HandoffOffer.getDescriptor().getFile()).isSameAs(file);
        assertThat(HandoffAck.getDescriptor().getFile()).isSameAs(file);
        assertThat(file.getDependencies()).isEmpty();
    }

    @Test
    void shouldStartEachMessageFromDefaultsThatEncodeToNothing() {
        assertThat(Frame.getDefaultInstance().toByteArray()).isEmpty();
        assertThat(HandoffOffer.getDefaultInstance().toByteArray()).isEmpty();
        assertThat(HandoffAck.getDefaultInstance().toByteArray()).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("messagesWithAToken")
    void shouldNotShowTheTokenWhenPrintedForDebugging(String name, Message message, byte[] token, String notSecret) {
        for (DebugFormat format : List.of(DebugFormat.singleLine(), DebugFormat.multiline())) {
            assertThat(format.toString(message)).contains(notSecret);
            assertShowsNothingOf(token, format.toString(message));
            assertShowsNothingOf(token, format.toString(message.toBuilder()));
        }
    }

    private static void assertShowsNothingOf(byte[] token, String printed) {
        for (String rendering : renderings(Arrays.copyOf(token, 4))) {
            assertThat(printed).doesNotContainIgnoringCase(rendering);
        }
    }

    static Stream<Arguments> messagesWithAToken() {
        return Stream.of(BINARY_TOKEN, PRINTABLE_TOKEN).flatMap(token -> {
            HandoffOffer offer = HandoffOffer.newBuilder()
                    .setToken(ByteString.copyFrom(token))
                    .setServiceName("the-service")
                    .build();
            HandoffAck ack = HandoffAck.newBuilder()
                    .setToken(ByteString.copyFrom(token))
                    .setErrorDetail("the-detail")
                    .build();
            String bytes = token == BINARY_TOKEN ? " with a binary token" : " with a printable token";
            return Stream.of(
                    Arguments.of("offer" + bytes, offer, token, "the-service"),
                    Arguments.of("ACK" + bytes, ack, token, "the-detail"),
                    Arguments.of("frame of an offer" + bytes, frameOf(offer), token, "the-traceparent"),
                    Arguments.of("frame of an ACK" + bytes, frameOf(ack), token, "the-traceparent"));
        });
    }

    private static Frame frameOf(Message payload) {
        return Frame.newBuilder()
                .setPayload(payload.toByteString())
                .setTraceparent("the-traceparent")
                .build();
    }

    /** The first bytes of a token in every form that a printer could choose. */
    private static List<String> renderings(byte[] bytes) {
        StringBuilder octal = new StringBuilder();
        for (byte b : bytes) {
            octal.append(String.format(Locale.ROOT, "\\%03o", b & 0xFF));
        }
        String list = Arrays.toString(bytes);
        return List.of(
                new String(bytes, StandardCharsets.ISO_8859_1),
                new String(bytes, StandardCharsets.UTF_8),
                HexFormat.of().formatHex(bytes),
                HexFormat.ofDelimiter(" ").formatHex(bytes),
                HexFormat.ofDelimiter(":").formatHex(bytes),
                HexFormat.of().withPrefix("\\x").formatHex(bytes),
                octal.toString(),
                TextFormat.escapeBytes(bytes),
                list.substring(1, list.length() - 1),
                // Three bytes are four letters, whatever follows.
                Base64.getEncoder().encodeToString(Arrays.copyOf(bytes, 3)));
    }

    private static String render(FileDescriptor file) {
        FileDescriptorProto proto = file.toProto();
        StringBuilder out = new StringBuilder()
                .append("package ")
                .append(file.getPackage())
                .append(", ")
                .append(proto.getSyntax())
                .append('\n');
        file.getMessageTypes().forEach(message -> render(message, out));
        file.getEnumTypes().forEach(type -> render(type, out));
        file.getExtensions().forEach(extension -> out.append("extension ").append(extension.getFullName()));
        file.getServices().forEach(service -> out.append("service ").append(service.getFullName()));
        return out.toString();
    }

    private static void render(Descriptor message, StringBuilder out) {
        DescriptorProto proto = message.toProto();
        out.append("message ").append(message.getName()).append('\n');
        for (FieldDescriptor field : message.getFields()) {
            out.append("  ")
                    .append(field.getNumber())
                    .append(' ')
                    .append(field.getName())
                    .append(": ")
                    .append(label(field))
                    .append(' ')
                    .append(type(field))
                    .append(field.getOptions().getDebugRedact() ? ", redacted" : "")
                    .append('\n');
        }
        for (DescriptorProto.ReservedRange range : proto.getReservedRangeList()) {
            appendReserved(out, range.getStart(), range.getEnd() - 1);
        }
        proto.getReservedNameList()
                .forEach(name -> out.append("  reserved ").append(name).append('\n'));
        message.getOneofs()
                .forEach(oneof -> out.append("  oneof ").append(oneof.getName()).append('\n'));
        message.getExtensions()
                .forEach(extension ->
                        out.append("  extension ").append(extension.getName()).append('\n'));
        message.getNestedTypes().forEach(nested -> render(nested, out));
        message.getEnumTypes().forEach(nested -> render(nested, out));
    }

    private static void render(EnumDescriptor type, StringBuilder out) {
        EnumDescriptorProto proto = type.toProto();
        out.append("enum ").append(type.getName()).append('\n');
        for (EnumValueDescriptor value : type.getValues()) {
            out.append("  ")
                    .append(value.getNumber())
                    .append(' ')
                    .append(value.getName())
                    .append('\n');
        }
        for (EnumDescriptorProto.EnumReservedRange range : proto.getReservedRangeList()) {
            appendReserved(out, range.getStart(), range.getEnd());
        }
    }

    private static void appendReserved(StringBuilder out, int first, int last) {
        out.append("  reserved ").append(first).append(" to ").append(last).append('\n');
    }

    private static String label(FieldDescriptor field) {
        if (field.isRepeated()) {
            return "repeated";
        }
        if (field.isRequired()) {
            return "required";
        }
        return field.hasPresence() ? "optional" : "singular";
    }

    private static String type(FieldDescriptor field) {
        return switch (field.getType()) {
            case ENUM -> field.getEnumType().getFullName();
            case MESSAGE, GROUP -> field.getMessageType().getFullName();
            default -> field.getType().name().toLowerCase(Locale.ROOT);
        };
    }
}
