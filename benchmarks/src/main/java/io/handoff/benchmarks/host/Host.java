package io.handoff.benchmarks.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What of the machine bears on the numbers, and nothing that tells which machine it is.
 *
 * @param cpus processors that this JVM may use
 * @param architecture as Java names it
 * @param cpuModel as proc_cpuinfo(5) has it
 * @param isVirtual whether the processor says that a hypervisor runs it
 * @param kernel the kernel's release
 */
public record Host(int cpus, String architecture, String cpuModel, boolean isVirtual, String kernel) {

    /**
     * Looks at this machine.
     *
     * @return the host that this JVM runs on
     * @throws IOException if it has no {@code /proc/cpuinfo}
     */
    public static Host current() throws IOException {
        String cpuInfo = Files.readString(Path.of("/proc/cpuinfo"));
        return new Host(
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.arch"),
                firstValue(cpuInfo, "model name"),
                firstValue(cpuInfo, "flags").matches(".*\\bhypervisor\\b.*"),
                System.getProperty("os.version"));
    }

    /**
     * Tells how busy this machine is.
     *
     * @return the load averages over 1, 5 and 15 minutes, as proc_loadavg(5) has them
     * @throws IOException if it does not tell
     */
    public static String loadAverage() throws IOException {
        String[] numbers = Files.readString(Path.of("/proc/loadavg")).split(" ", -1);
        return numbers[0] + " " + numbers[1] + " " + numbers[2];
    }

    /** A name for the directory of the results. */
    String kind() {
        return cpus + "cpu-" + architecture + (isVirtual ? "-vm" : "");
    }

    /**
     * One line about this host.
     *
     * @return kind, processor and kernel
     */
    public String description() {
        String machine =
                isVirtual ? cpus + " vCPU " + architecture + " VM" : cpus + " CPU " + architecture + " machine";
        return machine + ", " + cpuModel + ", Linux " + kernel;
    }

    private static String firstValue(String cpuInfo, String key) {
        return cpuInfo.lines()
                .filter(line -> line.startsWith(key))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse("unknown");
    }
}
