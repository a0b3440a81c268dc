package io.handoff.netty;

/** Whether the connections of a server carry the descriptor of the client's connection (WIRE §2, step 1). */
public enum DescriptorPolicy {
    /** Each connection carries one; a connection that does not is a wire error. The default. */
    REQUIRED,
    /** A connection carries one, or is framed only: its offers are then judged and answered, and nothing is adopted. */
    OPTIONAL,
    /** Every connection is framed only. A descriptor that is sent all the same is dropped by the kernel. */
    NONE
}
