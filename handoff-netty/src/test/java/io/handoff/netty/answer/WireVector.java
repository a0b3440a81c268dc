package io.handoff.netty.answer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.handoff.netty.token.ExpectedTokenPolicy;
import io.handoff.netty.token.HandoffToken;
import java.io.IOException;
import java.io.InputStream;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** One case of {@code handoff-v1.json}: a connection, and what a backend has to do with it. */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
public record WireVector(
        String name,
        ExpectedTokenPolicy policy,
        List<HandoffToken> pending,
        byte[] send,
        boolean thenEof,
        String outcome,
        String detail,
        byte[] reply,
        String error,
        boolean errorExact) {

    public static Stream<WireVector> all() throws IOException {
        try (InputStream json = WireVector.class.getResourceAsStream("/handoff-v1.json")) {
            JsonNode cases =
                    new JsonMapper().readTree(Objects.requireNonNull(json)).required("cases");
            return StreamSupport.stream(cases.spliterator(), false).map(WireVector::of);
        }
    }

    private static WireVector of(JsonNode json) {
        return new WireVector(
                json.required("name").asText(),
                policy(json.required("policy").asText()),
                StreamSupport.stream(json.required("pending").spliterator(), false)
                        .map(token -> HandoffToken.ofHex(token.asText()))
                        .toList(),
                hex(json, "send"),
                json.path("then_eof").asBoolean(),
                json.required("outcome").asText(),
                json.path("detail").asText(),
                hex(json, "reply", "reply2"),
                json.path("error").asText(),
                json.path("error_exact").asBoolean());
    }

    private static ExpectedTokenPolicy policy(String policy) {
        return policy.startsWith("expected:")
                ? ExpectedTokenPolicy.expected(HandoffToken.ofHex(policy.substring("expected:".length())))
                : ExpectedTokenPolicy.pending();
    }

    private static byte[] hex(JsonNode json, String... fields) {
        StringBuilder hex = new StringBuilder();
        for (String field : fields) {
            hex.append(json.path(field).asText());
        }
        return HexFormat.of().parseHex(hex);
    }

    public boolean closes() {
        return outcome.equals("closed");
    }

    public boolean matchesError(String message) {
        return errorExact ? message.equals(error) : message.startsWith(error);
    }

    @Override
    public String toString() {
        return name;
    }
}
