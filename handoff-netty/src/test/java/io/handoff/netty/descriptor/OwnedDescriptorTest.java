package io.handoff.netty.descriptor;

import static io.handoff.netty.Libc.C;
import static io.handoff.netty.Libc.checked;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.handoff.netty.Libc;
import io.netty.channel.epoll.Epoll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class OwnedDescriptorTest {

    @BeforeAll
    static void loadNettysNativeCode() {
        Epoll.ensureAvailability();
    }

    private final int number = checked(C.eventfd(0, 0));
    private final OwnedDescriptor descriptor = new OwnedDescriptor(number);

    private static boolean isOpen(int number) {
        return C.fcntl(number, Libc.F_GETFL, 0) >= 0;
    }

    @Test
    void shouldCloseOnce() {
        descriptor.close();

        assertThat(isOpen(number)).isFalse();
        assertThat(descriptor.isOwned()).isFalse();
        assertThatThrownBy(descriptor::close).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(descriptor::look).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> descriptor.transferTo(taken -> taken)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void shouldBelongToItsNewOwnerWhenItIsTransferred() {
        Integer taken = descriptor.transferTo(given -> given);

        assertThat(taken).isEqualTo(number);

        assertThat(isOpen(number)).isTrue();
        assertThatThrownBy(descriptor::close).isInstanceOf(IllegalStateException.class);
        assertThat(isOpen(number)).isTrue();
        C.close(number);
    }

    @Test
    void shouldBeClosedWhenItsNewOwnerCannotBeMade() {
        assertThatThrownBy(() -> descriptor.transferTo(taken -> {
                    throw new IllegalStateException("constructor of this test");
                }))
                .hasMessage("constructor of this test");

        assertThat(isOpen(number)).isFalse();
        assertThat(descriptor.isOwned()).isFalse();
    }
}
