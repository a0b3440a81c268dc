package io.handoff.netty.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.handoff.netty.FakeBroker;
import io.handoff.netty.FakeBroker.Served;
import io.handoff.netty.Warns;
import io.handoff.netty.broker.HandoffOutcome.Rejected;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Who reads a client's connection after a handoff that was rejected: as the program has said, before it or during it. */
class ClientReadingIT extends BrokerFixture {

    private static final int BYTES_A_READ = 5;

    private final FakeBroker program = opened(new FakeBroker().smallReads(BYTES_A_READ));
    private final AtomicInteger reads = new AtomicInteger();

    static Stream<Arguments> changesDuringAHandoff() {
        Consumer<Channel> off = client -> client.config().setAutoRead(false);
        Consumer<Channel> on = client -> client.config().setAutoRead(true);
        Consumer<Channel> read = Channel::read;
        return Stream.of(
                Arguments.of("switched off", true, off, 0, false),
                Arguments.of("switched off and on", true, off.andThen(on), 2, true),
                Arguments.of("switched on", false, on, 2, true),
                Arguments.of("switched on and off", false, on.andThen(off), 0, false),
                Arguments.of("one read", true, off.andThen(read), 1, false),
                Arguments.of(
                        "a read taken back", true, off.andThen(read).andThen(on).andThen(off), 0, false));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("changesDuringAHandoff")
    @Warns(sometimes = "Connection reset by peer")
    void shouldReadAsTheProgramHasSaidDuringTheHandoff(
            String name, boolean before, Consumer<Channel> change, int expectedReads, boolean after) throws Exception {
        backend(pausing(REJECT));
        Served served = countingReads(before);
        Future<HandoffOutcome> outcome = handOff(broker(), served);
        arrived.await();
        served.channel()
                .eventLoop()
                .submit(() -> change.accept(served.channel()))
                .sync();
        goOn.countDown();

        assertThat(get(outcome)).isEqualTo(new Rejected("not today"));

        assertThat(served.channel().config().isAutoRead()).isEqualTo(after);
        assertReads(served, expectedReads);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("changesDuringAHandoff")
    @Warns(sometimes = "Connection reset by peer")
    void shouldReadAsTheProgramHasSaidRightAfterItBeganTheHandoff(
            String name, boolean before, Consumer<Channel> change, int expectedReads, boolean after) throws Exception {
        backend(REJECT);
        Served served = countingReads(before);
        HandoffBroker broker = broker();

        Future<HandoffOutcome> outcome = served.channel()
                .eventLoop()
                .submit(() -> {
                    Future<HandoffOutcome> begun = handOff(broker, served);
                    change.accept(served.channel());
                    return begun;
                })
                .get();

        assertThat(get(outcome)).isEqualTo(new Rejected("not today"));
        assertThat(served.channel().config().isAutoRead()).isEqualTo(after);
        assertReads(served, expectedReads);
    }

    @Test
    void shouldNotShowTheProgramAnotherAutoReadThanItsOwnDuringTheHandoff() throws Exception {
        backend(pausing(ACCEPT));
        Served served = countingReads(true);
        Future<HandoffOutcome> outcome = handOff(broker(), served);
        arrived.await();

        assertThat(served.channel().config().isAutoRead()).isTrue();
        served.client().send("for the backend");
        turnTheLoops();
        goOn.countDown();
        get(outcome);

        assertThat(reads).hasValue(0);
    }

    private Served countingReads(boolean autoRead) throws Exception {
        Served served = program.listenOnTcp().connect();
        served.channel()
                .eventLoop()
                .submit(() -> served.channel().config().setAutoRead(autoRead))
                .sync();
        served.channel()
                .eventLoop()
                .submit(() -> served.channel().pipeline().addFirst(new ChannelInboundHandlerAdapter() {
                    @Override
                    public void channelRead(ChannelHandlerContext ctx, Object msg) {
                        reads.incrementAndGet();
                        ctx.fireChannelRead(msg);
                    }
                }))
                .sync();
        return served;
    }

    /** Sends what takes two reads. */
    private void assertReads(Served served, int expected) throws Exception {
        served.client().send("x".repeat(2 * BYTES_A_READ));
        await().until(() -> reads.get() >= expected);
        turnTheLoops();
        assertThat(reads).hasValue(expected);
    }

    /** Has every loop look for what can be read, several times. */
    private void turnTheLoops() throws Exception {
        for (int i = 0; i < 8; i++) {
            assertThat(program.connect().client().send("turn").receiveText(4)).isEqualTo("turn");
        }
    }
}
