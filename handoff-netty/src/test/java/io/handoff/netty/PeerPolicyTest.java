package io.handoff.netty;

import static org.assertj.core.api.Assertions.assertThat;

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

    @Test
    void shouldKnowTheEffectiveUserOfThisProcess() throws Exception {
        assertThat(ProcessUid.effective()).isEqualTo(effectiveUid());
    }

    private static HandoffPeer peer(int uid) {
        return new HandoffPeer(4711, uid, 100);
    }

    private static int effectiveUid() throws IOException, InterruptedException {
        Process id = new ProcessBuilder("id", "-u").start();
        String uid = new String(id.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).trim();
        assertThat(id.waitFor()).isZero();
        return Integer.parseUnsignedInt(uid);
    }
}
