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
                .setXAxisMax(Comparison.GROWTH.size() - 1.0)
                .setxAxisTickLabelsFormattingFunction(GrowthPlot::label);
        return chart;
    }

    /** The steps at equal distances, for each is four times the one before. */
    private static void addSeries(XYChart chart, Measurements measurements, ToDoubleFunction<Measurement> value) {
        double[] steps = new double[Comparison.GROWTH.size()];
        for (Contender server : Comparison.GROWTH.get(0).contenders()) {
            double[] values = new double[steps.length];
            for (int i = 0; i < steps.length; i++) {
                steps[i] = i;
                values[i] = measurements
                        .spread(Comparison.GROWTH.get(i), server, value)
                        .median();
            }
            Plots.addSeries(chart, server, steps.clone(), values, SeriesMarkers.CIRCLE);
        }
    }

    private static String label(double step) {
        boolean isStep = step == Math.rint(step);
        return isStep ? Integer.toString(Comparison.GROWTH.get((int) step).concurrency()) : " ";
    }
}
