package io.handoff.benchmarks.compare.page;

import io.handoff.benchmarks.compare.contender.Contender;
import io.handoff.benchmarks.compare.measure.Comparison;
import io.handoff.benchmarks.compare.measure.Measurements;
import java.awt.Color;
import java.awt.Font;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;
import org.knowm.xchart.AnnotationLine;
import org.knowm.xchart.AnnotationText;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Latency by percentile, which is drawn by the number of its nines: the right end shows what is rare. */
public final class LatencyPlot {

    static final int WIDTH = 1000;
    static final int HEIGHT = 650;

    /** Those that are marked: the first and the last one are the ends of the lines. */
    private static final List<Double> PERCENTILES = List.of(50.0, 90.0, 99.0, 99.9, 99.99);

    private static final int POINTS = 400;

    /** As a share of the height, under the lines for the names of the percentiles, and over them. */
    private static final double MARGIN = 0.08;

    private final Comparison comparison;
    private final Measurements measurements;

    private LatencyPlot(Comparison comparison, Measurements measurements) {
        this.comparison = comparison;
        this.measurements = measurements;
    }

    static String fileName(Comparison comparison) {
        return "latency-" + comparison.name() + ".png";
    }

    /** Draws all rounds of each server as one line. */
    public static void save(Comparison comparison, Measurements measurements, Path directory) throws IOException {
        BitmapEncoder.saveBitmap(
                new LatencyPlot(comparison, measurements).draw(),
                directory.resolve(fileName(comparison)).toString(),
                BitmapEncoder.BitmapFormat.PNG);
    }

    private XYChart draw() {
        XYChart chart = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title("Latency: " + comparison.title())
                .xAxisTitle("percentile")
                .yAxisTitle("latency in µs")
                .build();
        Plots.style(chart);
        Plots.labelLogarithmic(chart);
        double lowest = Double.POSITIVE_INFINITY;
        double highest = Double.NEGATIVE_INFINITY;
        for (Contender server : comparison.contenders()) {
            double[] y = latencies(server);
            Plots.addSeries(chart, server, positions(), y, SeriesMarkers.NONE);
            lowest = Math.min(lowest, y[0]);
            highest = Math.max(highest, y[y.length - 1]);
        }
        double margin = MARGIN * (highest - lowest);
        chart.getStyler().setYAxisMin(lowest - margin).setYAxisMax(highest + margin);
        markPercentiles(chart, lowest - margin / 2);
        return chart;
    }

    /** XChart would put its marks elsewhere. */
    private static void markPercentiles(XYChart chart, double height) {
        chart.getStyler()
                .setXAxisTicksVisible(false)
                .setPlotGridVerticalLinesVisible(false)
                .setXAxisMin(position(PERCENTILES.get(0)) - MARGIN)
                .setXAxisMax(position(PERCENTILES.get(PERCENTILES.size() - 1)) + MARGIN);
        chart.getStyler()
                .setAnnotationTextFont(new Font(Font.SANS_SERIF, Font.PLAIN, 13))
                .setAnnotationLineColor(Color.LIGHT_GRAY);
        for (double percentile : PERCENTILES) {
            chart.addAnnotation(new AnnotationLine(position(percentile), true, false));
            String name = (percentile + " %").replace(".0 ", " ");
            chart.addAnnotation(new AnnotationText(name, position(percentile), height, false));
        }
    }

    private double[] latencies(Contender server) {
        Histogram nanos = measurements.latencyNanos(comparison, server);
        return DoubleStream.of(positions())
                .map(position -> nanos.getValueAtPercentile(100 - 100 * Math.pow(10, -position)) / 1000.0)
                .map(Plots::logarithmic)
                .toArray();
    }

    private static double[] positions() {
        double first = position(PERCENTILES.get(0));
        double last = position(PERCENTILES.get(PERCENTILES.size() - 1));
        return IntStream.rangeClosed(0, POINTS)
                .mapToDouble(point -> first + (last - first) * point / POINTS)
                .toArray();
    }

    /** How many nines it starts with: 90 % is at one, 99 % at two. */
    private static double position(double percentile) {
        return -Math.log10(1 - percentile / 100);
    }
}
