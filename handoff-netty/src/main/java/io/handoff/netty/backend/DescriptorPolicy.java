package io.handoff.netty.backend;

/** Whether the connections of a server carry the descriptor of the client's connection (WIRE §2, step 1). */
public enum DescriptorPolicy {
    /** Each connection carries one. A connection that does not is a wire error. The default. */
    REQUIRED,
    /** A connection may carry one or not. If not, its offers are judged and answered, and nothing is adopted. */
    OPTIONAL,
    /** No connection carries one. If one is sent all the same, the kernel drops it. */
    NONE
}
