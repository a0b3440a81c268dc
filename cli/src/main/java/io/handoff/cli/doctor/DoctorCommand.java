package io.handoff.cli.doctor;

import io.handoff.cli.argument.DurationConverter;
import io.handoff.cli.argument.SocketPathConverter;
import io.handoff.cli.doctor.DoctorReport.Verdict;
import io.handoff.cli.report.ReportPrinter;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Examines a handoff socket, and says in plain words what is wrong with it. */
@Command(
        name = "doctor",
        header = "Says in plain words what is wrong with a handoff socket.",
        description =
                "Examines it as a broker that runs as the same user finds it: whether its file is there and may be"
                        + " used, whether a backend answers and speaks v1, and how fast. The first check that fails is the last.%n"
                        + "What it leaves at the backend: two offers at most, for service 'handoff-doctor', with tokens that"
                        + " nobody has issued. They are in its log, and in its counts. A backend with the policy 'carried' accepts"
                        + " them, and adopts two connections that are closed at once.",
        footerHeading = "%n",
        footer = DurationConverter.HELP,
        exitCodeListHeading = "Exit status:%n",
        exitCodeList = {"0:nothing is wrong", "1:a check has failed", "2:wrong usage"})
@SuppressWarnings("NullAway.Init") // Picocli sets the fields.
public final class DoctorCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--socket",
            required = true,
            paramLabel = "PATH",
            converter = SocketPathConverter.class,
            description = "The backend's handoff socket, a Unix-domain socket.")
    private Path socket;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "5s",
            description = "Time for each answer; default: ${DEFAULT-VALUE}.")
    private Duration timeout;

    @Option(names = "--json", description = "Print each line as a JSON object.")
    private boolean json;

    private ReportPrinter printer;

    @Override
    public Integer call() throws IOException {
        printer = ReportPrinter.of(spec.commandLine().getOut(), json);
        return isWell() ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
    }

    private boolean isWell() throws IOException {
        SocketFile file = new SocketFile(socket);
        if (!isWell(file.checkFile()) || !isWell(file.checkPermissions()) || !isWell(file.checkListening())) {
            return false;
        }
        try (DoctorExchange exchange = new DoctorExchange(socket, timeout)) {
            DoctorReport protocol = exchange.checkProtocol();
            boolean isWell = isWell(protocol);
            if (protocol.verdict() == Verdict.OK) {
                isWell = isWell(exchange.checkRoundTrip());
            }
            return isWell;
        }
    }

    private boolean isWell(DoctorReport report) {
        printer.print(report);
        return report.verdict() != Verdict.FAILED;
    }
}
