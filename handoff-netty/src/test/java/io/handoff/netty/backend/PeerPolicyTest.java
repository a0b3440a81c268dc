package io.handoff.netty.backend;

import static org.assertj.core.api.Assertions.assertThat;

import io.handoff.netty.descriptor.ProcessUid;
import io.handoff.netty.wire.HandoffPeer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class PeerPolicyTest {

    @Test
    void shouldPermitTheUsersNamedAndNoOthers() {
        PeerPolicy policy = PeerPolicy.uids(1000, 33);

        assertThat(policy.permits(peer(1000))).isTrue();
        assertThat(policy.permits(peer(33))).isTrue();
        assertThat(policy.permits(peer(0))).isFalse();
        assertThat(policy.permits(peer(1001))).isFalse();
        assertThat(policy.permits(peer(-1))).isFalse();
    }

    @Test
    void shouldPermitNobodyWhenNoUserIsNamed() {
        assertThat(PeerPolicy.uids().permits(peer(0))).isFalse();
    }

    @Test
    void shouldNotPermitMoreWhenTheArrayGivenChanges() {
        int[] uids = {1000};
        PeerPolicy policy = PeerPolicy.uids(uids);
        uids[0] = 0;

        assertThat(policy.permits(peer(0))).isFalse();
        assertThat(policy.permits(peer(1000))).isTrue();
    }

    @Test
    void shouldLookAtTheUserAlone() {
        PeerPolicy policy = PeerPolicy.uids(1000);

        assertThat(policy.permits(new HandoffPeer(1000, 1001, 1000))).isFalse();
        assertThat(policy.permits(new HandoffPeer(1, 1000, 2))).isTrue();
    }

    @Test
    void shouldPermitThisProcessUserAndRootUnlessConfigured() throws Exception {
        int own = effectiveUid();
        PeerPolicy policy = PeerPolicy.sameUserOrRoot();

        assertThat(policy.permits(peer(own))).isTrue();
        assertThat(policy.permits(peer(0))).isTrue();
        assertThat(policy.permits(peer(own + 1))).isFalse();
        assertThat(policy.permits(peer(own + 65_535))).isFalse();
    }

    /** Every user whom its user namespace does not know is shown to a process with that id. */
    @Test
    void shouldPermitRootAloneWhenThisProcessRunsAsTheOverflowUser() {
        PeerPolicy policy = PeerPolicy.uids(ProcessUid.ownAndRoot(4242, 4242));

        assertThat(policy.permits(peer(4242))).isFalse();
        assertThat(policy.permits(peer(0))).isTrue();
        assertThat(PeerPolicy.uids(ProcessUid.ownAndRoot(4241, 4242)).permits(peer(4241)))
                .isTrue();
    }

    @Test
    void shouldKnowTheOverflowUser() throws Exception {
        assertThat(Integer.toUnsignedString(ProcessUid.overflow()))
                .isEqualTo(outputOf("cat", "/proc/sys/kernel/overflowuid"));
    }

    @Test
    void shouldKnowTheEffectiveUserOfThisProcess() throws Exception {
        assertThat(ProcessUid.effective()).isEqualTo(effectiveUid());
    }

    private static HandoffPeer peer(int uid) {
        return new HandoffPeer(4711, uid, 100);
    }

    private static int effectiveUid() throws IOException, InterruptedException {
        return Integer.parseUnsignedInt(outputOf("id", "-u"));
    }

    private static String outputOf(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        assertThat(process.waitFor()).isZero();
        return output.trim();
    }
}
