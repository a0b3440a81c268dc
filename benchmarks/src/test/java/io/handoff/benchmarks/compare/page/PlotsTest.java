package io.handoff.benchmarks.compare.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.handoff.benchmarks.compare.contender.Contender;
import io.handoff.benchmarks.compare.measure.Comparison;
import io.handoff.benchmarks.compare.measure.Measurement;
import io.handoff.benchmarks.compare.measure.Measurements;
import io.handoff.benchmarks.compare.measure.SampleMeasurements;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlotsTest {

    @TempDir
    private Path directory;

    @Test
    void shouldDrawTheLatenciesOfEveryServer() throws Exception {
        LatencyPlot.save(Comparison.FRESH_64, SampleResults.measurements(Comparison.ALL), directory);
        BufferedImage image =
                ImageIO.read(directory.resolve("latency-fresh-64.png").toFile());
        assertThat(image.getWidth()).isEqualTo(LatencyPlot.WIDTH);
        assertThat(image.getHeight()).isEqualTo(LatencyPlot.HEIGHT);
        Comparison.FRESH_64
                .contenders()
                .forEach(server ->
                        assertThat(pixels(image, server)).as(server.title()).isGreaterThan(LatencyPlot.WIDTH / 2));
    }

    @Test
    void shouldDrawGrowthInTwoPanels() throws Exception {
        GrowthPlot.save(SampleResults.measurements(Comparison.GROWTH), directory);
        BufferedImage image = ImageIO.read(directory.resolve("growth.png").toFile());
        assertThat(image.getWidth()).isEqualTo(GrowthPlot.WIDTH);
        assertThat(image.getHeight()).isEqualTo(GrowthPlot.HEIGHT);
        assertThat(pixels(image, Contender.FLOOR)).isGreaterThan(GrowthPlot.WIDTH);
    }

    @Test
    void shouldDrawWhatIsThereWhenAServerHasCompletedNothing() throws Exception {
        Comparison comparison = Comparison.PIPELINED_64;
        List<Measurement> all =
                new ArrayList<>(SampleResults.measurements(List.of(comparison)).all());
        all.set(0, SampleMeasurements.of(comparison, Contender.OURS, 1, 0, 0));
        LatencyPlot.save(comparison, new Measurements(all), directory);
        BufferedImage image =
                ImageIO.read(directory.resolve("latency-pipelined-64.png").toFile());
        assertThat(pixels(image, Contender.FLOOR)).isGreaterThan(LatencyPlot.WIDTH / 2);
    }

    private static long pixels(BufferedImage image, Contender server) {
        int[] pixels = image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
        int colour = Plots.colour(server).getRGB();
        return Arrays.stream(pixels).filter(pixel -> pixel == colour).count();
    }
}
