package io.handoff.benchmarks.compare.page;

import io.handoff.benchmarks.compare.contender.Contender;
import io.handoff.benchmarks.compare.measure.Comparison;
import io.handoff.benchmarks.compare.measure.Measurement;
import io.handoff.benchmarks.compare.measure.Measurements;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Throughput, and under it the 99th percentile of the latency, with more and more handoffs at a time. */
public final class GrowthPlot {

    static final String FILE_NAME = "growth.png";
    static final int WIDTH = 1000;
    static final int HEIGHT = 900;

    private GrowthPlot() {}

    public static void save(Measurements measurements, Path directory) throws IOException {
        XYChart throughput = chart("Growth: descriptor mode, throughput", "handoffs/s");
        throughput.getStyler().setYAxisMin(0.0).setYAxisDecimalPattern("#,##0");
        addSeries(throughput, measurements, Measurement::perSecond);
        XYChart latency = chart("Growth: descriptor mode, 99th percentile of the latency", "p99 in µs");
        Plots.labelLogarithmic(latency);
        addSeries(latency, measurements, measured -> Plots.logarithmic(measured.p99()));
        BitmapEncoder.saveBitmap(
                List.of(throughput, latency),
                2,
                1,
                directory.resolve(FILE_NAME).toString(),
                BitmapEncoder.BitmapFormat.PNG);
    }

    private static XYChart chart(String title, String unit) {
        XYChart chart = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT / 2)
                .title(title)
                .xAxisTitle("handoffs at a time")
                .yAxisTitle(unit)
                .build();
        Plots.style(chart);
        chart.getStyler()
                .setXAxisMin(0.0)
                .setXAxisMax(position(Comparison.GROWTH.get(Comparison.GROWTH.size() - 1)))
                .setxAxisTickLabelsFormattingFunction(GrowthPlot::label);
        return chart;
    }

    private static void addSeries(XYChart chart, Measurements measurements, ToDoubleFunction<Measurement> value) {
        for (Contender server : GrowthTable.servers()) {
            List<Comparison> steps = Comparison.GROWTH.stream()
                    .filter(step -> step.contenders().contains(server))
                    .toList();
            double[] positions =
                    steps.stream().mapToDouble(GrowthPlot::position).toArray();
            double[] values = steps.stream()
                    .mapToDouble(
                            step -> measurements.spread(step, server, value).median())
                    .toArray();
            Plots.addSeries(chart, server, positions, values, SeriesMarkers.CIRCLE);
        }
    }

    /** By how often it is four times one. */
    private static double position(Comparison step) {
        return Math.log(step.concurrency()) / Math.log(4);
    }

    private static String label(double position) {
        return position == Math.rint(position) ? Long.toString(Math.round(Math.pow(4, position))) : " ";
    }
}
