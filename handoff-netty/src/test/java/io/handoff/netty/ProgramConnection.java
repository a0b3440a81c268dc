package io.handoff.netty;

import static io.handoff.netty.Libc.C;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.handoff.netty.backend.FuzzedServer;
import io.handoff.netty.token.HandoffToken;
import io.handoff.proto.v1.HandoffAck;
import io.handoff.proto.v1.HandoffOffer;
import io.handoff.testkit.TestBroker;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** One connection that a program of a fuzzer makes to a server, and all that has gone over it. */
public final class ProgramConnection {

    private static final int SHUT_WR = 1;

    private final FuzzedServer server;
    private final TestBroker broker;
    private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
    private final ByteArrayOutputStream replies = new ByteArrayOutputStream();
    private final List<Passing> passings = new ArrayList<>();
    private byte[] prepared = {};
    private boolean isClosed;

    /** Descriptors that left together, with the bytes of the stream in this range. */
    private record Passing(int from, int count) {}

    ProgramConnection(FuzzedServer server) throws IOException {
        this.server = server;
        this.broker = server.connect();
    }

    TestBroker broker() {
        return broker;
    }

    boolean isClosed() {
        return isClosed;
    }

    void prepare(byte[] bytes) {
        prepared = Frames.concat(prepared, bytes);
    }

    void damage(int at, int mask) {
        if (prepared.length > 0) {
            prepared[at % prepared.length] ^= (byte) mask;
        }
    }

    /** Sends so many of the prepared bytes, or all of them, with descriptors on the first. */
    void send(int length, int... descriptors) {
        byte[] bytes = Arrays.copyOf(prepared, length == 0 ? prepared.length : Math.min(length, prepared.length));
        if (bytes.length == 0) {
            return;
        }
        int count;
        try {
            count = broker.socket().sendNow(bytes, descriptors);
        } catch (IOException e) {
            assertThat(e).message().isIn("sendmsg failed: Broken pipe", "sendmsg failed: Connection reset by peer");
            return;
        }
        if (count > 0 && descriptors.length > 0) {
            passings.add(new Passing(sent.size(), descriptors.length));
        }
        sent.write(bytes, 0, count);
        prepared = Arrays.copyOfRange(prepared, count, prepared.length);
    }

    void shutdown(int how) {
        C.shutdown(broker.socket().descriptor(), how);
    }

    /** Reads what has come. */
    void read() throws IOException {
        replies.writeBytes(broker.socket().receiveNow());
    }

    /** Reads until the server closes, which it has to do at the deadline at the latest. */
    void readToEnd() throws IOException {
        replies.writeBytes(broker.receiveToEnd());
    }

    /** Ends as a broker does that has said everything. */
    void end() throws IOException {
        if (!isClosed) {
            shutdown(SHUT_WR);
            readToEnd();
            close();
        }
    }

    /** Closes, whatever has come. */
    void close() {
        isClosed = true;
        broker.close();
    }

    /** Each ACK that came answers an offer of this connection, in their order, and none twice. */
    void check() {
        List<HandoffAck> acks = AckStream.read(replies.toByteArray());
        assertThat(readings())
                .as("each of %s ACKs answers the offer at its place", acks.size())
                .anyMatch(offers -> answers(acks, offers));
        assertThat(acks.stream()
                        .filter(HandoffAck::getAccepted)
                        .map(HandoffAck::getToken)
                        .toList())
                .as("tokens accepted here")
                .doesNotHaveDuplicates();
    }

    private static boolean answers(List<HandoffAck> acks, List<HandoffOffer> offers) {
        if (acks.size() > offers.size()) {
            return false;
        }
        for (int i = 0; i < acks.size(); i++) {
            if (!AckStream.isAnswerTo(offers.get(i), acks.get(i))) {
                return false;
            }
        }
        return true;
    }

    /** The offers as the server may have them. Bytes before a descriptor may reach it together with that, or alone. */
    private List<List<HandoffOffer>> readings() {
        List<List<HandoffOffer>> readings = new ArrayList<>();
        readings.add(List.of());
        Passing first = passings.isEmpty() ? null : passings.get(0);
        if (first != null && first.from() < HandoffToken.BYTES && first.count() == 1) {
            // One descriptor, one offer.
            List<HandoffOffer> offers = offersFrom(HandoffToken.BYTES);
            readings.add(offers.subList(0, Math.min(1, offers.size())));
        }
        if (!server.requiresDescriptors() && (first == null || first.from() > 0)) {
            readings.add(offersFrom(0));
        }
        return readings;
    }

    private List<HandoffOffer> offersFrom(int start) {
        byte[] all = sent.toByteArray();
        return new OfferStream(FuzzedServer.MAX_FRAME_LENGTH)
                .receive(Arrays.copyOfRange(all, Math.min(start, all.length), all.length));
    }

    /** The tokens with which an offer can have been accepted that was made here. */
    public Set<ByteString> acceptable() {
        Set<ByteString> tokens = new HashSet<>();
        readings().forEach(offers -> offers.forEach(offer -> tokens.add(offer.getToken())));
        if (server.requiresDescriptors()) {
            byte[] carried = Arrays.copyOf(sent.toByteArray(), HandoffToken.BYTES);
            tokens.retainAll(Set.of(ByteString.copyFrom(carried)));
        }
        return tokens;
    }

    public FuzzedServer server() {
        return server;
    }
}
