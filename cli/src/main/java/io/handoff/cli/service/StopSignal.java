package io.handoff.cli.service;

/** SIGTERM and SIGINT, for a command that serves until it is told to stop. */
public final class StopSignal {

    private StopSignal() {}

    /**
     * Makes the signal run what closes the service, and then end the process. A JVM that has run its hooks exits with
     * 128 + the signal's number; to end with 0, as a service that was asked to stop should, the hook ends the process
     * itself. It is the only hook, so none is cut short.
     */
    public static void closes(AutoCloseable service) {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            int status = 0;
                            try {
                                service.close();
                            } catch (Exception e) {
                                e.printStackTrace();
                                status = 1;
                            }
                            Runtime.getRuntime().halt(status);
                        },
                        "handoff-stop"));
    }
}
