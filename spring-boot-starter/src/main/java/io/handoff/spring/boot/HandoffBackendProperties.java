package io.handoff.spring.boot;

import io.handoff.netty.backend.DescriptorPolicy;
import io.handoff.netty.backend.HandoffServer;
import io.handoff.netty.backend.HandoffServerBuilder;
import io.handoff.netty.token.ExpectedTokenPolicy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.util.unit.DataSize;

/**
 * The settings of {@link HandoffServerBuilder} as properties. Whether their values fit is checked when the server starts. What is left at
 * {@code null} is as the builder has it.
 */
@ConfigurationProperties("handoff.backend")
public class HandoffBackendProperties {

    /**
     * Path of the socket at which brokers hand connections off, at most 107 bytes long. Nothing is handed off without it.
     */
    private @Nullable Path socket;

    /**
     * Whether the web server serves handed-off connections only, and does not listen at its port. The port and the address are
     * then nominal: those at which the broker takes clients.
     */
    private boolean only;

    /**
     * Whether the service manager has made the socket (systemd's socket activation).
     */
    private boolean socketActivation;

    /**
     * Handoff connections open at once. The offers of more are rejected.
     */
    private int maxConnections = 1024;

    /**
     * Length of the body of a frame, at most 16MB. Longer offers are rejected.
     */
    private DataSize maxFrameLength = DataSize.ofKilobytes(64);

    /**
     * What frames of more than 64KB may take up at once, over all connections. Offers beyond are rejected.
     */
    private DataSize maxLargeFrameBytes = DataSize.ofMegabytes(64);

    /**
     * Bytes and state that may travel with one connection, together, at most 'max-frame-length'. If not set, none may.
     */
    private @Nullable DataSize maxStateBytes;

    /**
     * Time for one offer, from the start of its connection or from the answer before, until its own answer has left.
     */
    private Duration offerTimeout = Duration.ofSeconds(5);

    /**
     * Tokens pending at once. If not set, 1024, or as many as 'max-connections' if that is more and tokens are 'carried'.
     */
    private @Nullable Integer maxPendingTokens;

    /**
     * How long a token stays pending.
     */
    private Duration tokenTimeToLive = Duration.ofSeconds(30);

    /**
     * Tokens that are pending from the start, as 32 hexadecimal digits each. They are secrets.
     */
    private List<String> pendingTokens = new ArrayList<>();

    /**
     * Which token an offer has to present. A bean of type ExpectedTokenPolicy takes precedence.
     */
    private ExpectedTokens expectedTokens = ExpectedTokens.CARRIED;

    /**
     * Whether handoff connections have to bring a descriptor.
     */
    private DescriptorPolicy descriptors = DescriptorPolicy.REQUIRED;

    /** Which token an offer has to present. */
    public enum ExpectedTokens {

        /** Any that is pending: the program has issued it ({@link HandoffServer#tokens()}), or it is one of the pending tokens. */
        PENDING,

        /** The one that came with the descriptor: brokers draw their own. */
        CARRIED;

        ExpectedTokenPolicy policy() {
            return this == PENDING ? ExpectedTokenPolicy.pending() : ExpectedTokenPolicy.carried();
        }
    }

    /** Makes the defaults. */
    public HandoffBackendProperties() {}

    /** {@return where the socket is} */
    public @Nullable Path getSocket() {
        return socket;
    }

    /**
     * Sets it.
     *
     * @param socket where the socket is
     */
    public void setSocket(@Nullable Path socket) {
        this.socket = socket;
    }

    /** {@return whether nothing listens at the port} */
    public boolean isOnly() {
        return only;
    }

    /**
     * Sets it.
     *
     * @param only whether nothing listens at the port
     */
    public void setOnly(boolean only) {
        this.only = only;
    }

    /** {@return whether the service manager has made the socket} */
    public boolean isSocketActivation() {
        return socketActivation;
    }

    /**
     * Sets it.
     *
     * @param socketActivation whether the service manager has made the socket
     */
    public void setSocketActivation(boolean socketActivation) {
        this.socketActivation = socketActivation;
    }

    /** {@return how many, at least 1} */
    public int getMaxConnections() {
        return maxConnections;
    }

    /**
     * Sets it.
     *
     * @param maxConnections how many, at least 1
     */
    public void setMaxConnections(int maxConnections) {
        this.maxConnections = maxConnections;
    }

    /** {@return 1 byte to 16 MiB} */
    public DataSize getMaxFrameLength() {
        return maxFrameLength;
    }

    /**
     * Sets it.
     *
     * @param maxFrameLength 1 byte to 16 MiB
     */
    public void setMaxFrameLength(DataSize maxFrameLength) {
        this.maxFrameLength = maxFrameLength;
    }

    /** {@return at least {@link #getMaxFrameLength()}} */
    public DataSize getMaxLargeFrameBytes() {
        return maxLargeFrameBytes;
    }

    /**
     * Sets it.
     *
     * @param maxLargeFrameBytes at least {@link #getMaxFrameLength()}
     */
    public void setMaxLargeFrameBytes(DataSize maxLargeFrameBytes) {
        this.maxLargeFrameBytes = maxLargeFrameBytes;
    }

    /** {@return how much may travel with one connection; {@code null} for nothing} */
    public @Nullable DataSize getMaxStateBytes() {
        return maxStateBytes;
    }

    /**
     * Sets it.
     *
     * @param maxStateBytes more than zero; {@code null} for nothing
     */
    public void setMaxStateBytes(@Nullable DataSize maxStateBytes) {
        this.maxStateBytes = maxStateBytes;
    }

    /** {@return more than zero} */
    public Duration getOfferTimeout() {
        return offerTimeout;
    }

    /**
     * Sets it.
     *
     * @param offerTimeout more than zero
     */
    public void setOfferTimeout(Duration offerTimeout) {
        this.offerTimeout = offerTimeout;
    }

    /** {@return how many, at least 1; {@code null} for the default} */
    public @Nullable Integer getMaxPendingTokens() {
        return maxPendingTokens;
    }

    /**
     * Sets it.
     *
     * @param maxPendingTokens how many, at least 1; {@code null} for the default
     */
    public void setMaxPendingTokens(@Nullable Integer maxPendingTokens) {
        this.maxPendingTokens = maxPendingTokens;
    }

    /** {@return more than zero} */
    public Duration getTokenTimeToLive() {
        return tokenTimeToLive;
    }

    /**
     * Sets it.
     *
     * @param tokenTimeToLive more than zero
     */
    public void setTokenTimeToLive(Duration tokenTimeToLive) {
        this.tokenTimeToLive = tokenTimeToLive;
    }

    /** {@return the tokens, in hexadecimal} */
    public List<String> getPendingTokens() {
        return pendingTokens;
    }

    /**
     * Sets it.
     *
     * @param pendingTokens the tokens, in hexadecimal
     */
    public void setPendingTokens(List<String> pendingTokens) {
        this.pendingTokens = pendingTokens;
    }

    /** {@return the policy} */
    public ExpectedTokens getExpectedTokens() {
        return expectedTokens;
    }

    /**
     * Sets it.
     *
     * @param expectedTokens the policy
     */
    public void setExpectedTokens(ExpectedTokens expectedTokens) {
        this.expectedTokens = expectedTokens;
    }

    /** {@return the policy} */
    public DescriptorPolicy getDescriptors() {
        return descriptors;
    }

    /**
     * Sets it.
     *
     * @param descriptors the policy
     */
    public void setDescriptors(DescriptorPolicy descriptors) {
        this.descriptors = descriptors;
    }
}
