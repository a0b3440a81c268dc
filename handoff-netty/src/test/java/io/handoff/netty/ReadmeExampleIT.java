package io.handoff.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The example of the README: compiled, run, and the same to the letter. */
@ExtendWith(NoDescriptorsLeft.class)
class ReadmeExampleIT {

    private static final Logger logger = LoggerFactory.getLogger(ReadmeExampleIT.class);

    @Test
    void shouldServeAnOffer(@TempDir Path directory) throws Exception {
        Path socketPath = directory.resolve("handoff.sock");

        // README
        HandoffServer server = HandoffServer.builder(socketPath)
                .descriptors(DescriptorPolicy.NONE)
                .admission((offer, peer) ->
                        offer.serviceName().equals("chat") ? Optional.empty() : Optional.of("only chat is served here"))
                .listener(new HandoffListener() {
                    @Override
                    public void offerJudged(HandoffPeer peer, HandoffAcceptance acceptance) {
                        logger.info("process {} was answered: {}", peer.pid(), acceptance);
                    }
                })
                .start()
                .get();
        HandoffToken token = server.tokens().issue().get(); // For the broker: token.toHex(), out of band.
        // README

        try (server;
                RawBroker broker = RawBroker.connect(socketPath)) {
            byte[] ack = Frames.rejecting(token, 1, "only chat is served here");
            assertThat(broker.send(Frames.offer(token, 1)).receive(ack.length)).isEqualTo(ack);
        }
    }

    @Test
    void shouldStandInTheReadme() throws Exception {
        String source = Files.readString(Path.of("src/test/java/io/handoff/netty/ReadmeExampleIT.java"));
        String example = source.split(" {8}// README\n", -1)[1]
                .lines()
                .map(line -> line.replaceFirst(" {8}", ""))
                .collect(Collectors.joining("\n"));

        assertThat(Path.of("../README.md")).content().contains("```java\n" + example + "\n```");
    }
}
