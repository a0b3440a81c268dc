/**
 * What several hazards need, and nothing that one of them needs alone: how much a run is to do and the page that it
 * leaves, JVMs of its own, a backend with limits to be reached, a broker and a client that do as they please on raw
 * sockets. And the test that holds SECURITY.md to the tests that it names.
 *
 * <p>It knows none of the rooms below. Everything that runs one hazard, its load, its processes, its page, belongs in the
 * room of that hazard.
 */
package io.handoff.reliability;
