package io.handoff.cli.backend;

/** The values of {@code --policy}: which token an offer has to present (WIRE §6). */
enum TokenPolicy {
    CARRIED,
    PENDING,
    EXPECTED
}
