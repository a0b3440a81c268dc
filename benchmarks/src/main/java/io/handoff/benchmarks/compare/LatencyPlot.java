package io.handoff.benchmarks.compare;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Latency by percentile, which is drawn by the number of its nines: the right end shows what is rare. */
final class LatencyPlot {

    static final int WIDTH = 1000;
    static final int HEIGHT = 650;

    private static final int STEPS_PER_NINE = 50;
    private static final double HALF = nines(0.5);
    private static final int MAX_NINES = 4;

    private LatencyPlot() {}

    static String fileName(Comparison comparison) {
        return "latency-" + comparison.name() + ".png";
    }

    /** Draws all rounds of each server as one line. */
    static void save(Comparison comparison, Measurements measurements, Path directory) throws IOException {
        XYChart chart = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title("Latency: " + comparison.title())
                .xAxisTitle("percentile")
                .yAxisTitle("µs")
                .build();
        Plots.style(chart);
        chart.getStyler()
                .setXAxisMin(0.3)
                .setXAxisMax((double) MAX_NINES)
                .setYAxisLogarithmic(true)
                .setXAxisTickMarkSpacingHint(20)
                .setxAxisTickLabelsFormattingFunction(LatencyPlot::label);
        double[] x = IntStream.rangeClosed((int) Math.round(HALF * STEPS_PER_NINE), MAX_NINES * STEPS_PER_NINE)
                .mapToDouble(step -> (double) step / STEPS_PER_NINE)
                .toArray();
        for (Contender server : comparison.contenders()) {
            Histogram nanos = measurements.latencyNanos(comparison, server);
            double[] y = DoubleStream.of(x)
                    .map(nines -> nanos.getValueAtPercentile(100 * (1 - Math.pow(10, -nines))) / 1000.0)
                    .toArray();
            Plots.addSeries(chart, server, x, y, SeriesMarkers.NONE);
        }
        BitmapEncoder.saveBitmap(
                chart, directory.resolve(fileName(comparison)).toString(), BitmapEncoder.BitmapFormat.PNG);
    }

    /** How many nines a percentile starts with; 90 % is one, 99 % two. */
    private static double nines(double percentile) {
        return -Math.log10(1 - percentile);
    }

    private static String label(double nines) {
        return Map.of(0.3, "50 %", 1.0, "90 %", 2.0, "99 %", 3.0, "99.9 %", 4.0, "99.99 %")
                .getOrDefault(Math.round(10 * nines) / 10.0, " ");
    }
}
