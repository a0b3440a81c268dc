package io.handoff.reliability.soak;

import io.handoff.benchmarks.compare.page.Plots;
import java.awt.BasicStroke;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Each series in a chart of its own, from zero, with the medians of its first and its last tenth. */
final class SoakPlot {

    static final String FILE_NAME = "soak.png";

    private static final int COLUMNS = 2;
    private static final int WIDTH = 640;
    private static final int HEIGHT = 260;
    private static final Color LINE = new Color(0x0072B2);
    private static final Color MEDIAN = new Color(0xD55E00);

    private final List<SoakReading> readings;

    private SoakPlot(List<SoakReading> readings) {
        this.readings = readings;
    }

    static void save(List<SoakReading> readings, Path directory) throws IOException {
        SoakPlot plot = new SoakPlot(readings);
        List<XYChart> charts = SoakSeries.ALL.stream().map(plot::chart).toList();
        BitmapEncoder.saveBitmap(
                charts,
                (charts.size() + COLUMNS - 1) / COLUMNS,
                COLUMNS,
                directory.resolve(FILE_NAME).toString(),
                BitmapEncoder.BitmapFormat.PNG);
    }

    private XYChart chart(SoakSeries series) {
        XYChart chart = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(series.titleWithUnit())
                .xAxisTitle("minutes")
                .build();
        Plots.style(chart);
        SoakFlatness flatness = SoakFlatness.of(series, readings);
        chart.getStyler().setLegendVisible(false);
        chart.getStyler()
                .setXAxisMin(0.0)
                .setXAxisMax(minutes(readings.size() - 1))
                .setYAxisMin(0.0)
                .setYAxisMax(1.25 * series.shown((double) flatness.max()));
        add(
                chart,
                series.title(),
                readings.stream().mapToDouble(SoakReading::minutes).toArray(),
                readings.stream()
                        .mapToDouble(reading -> series.shown((double) series.of(reading)))
                        .toArray(),
                LINE,
                1.5f);
        int tenth = SoakFlatness.tenth(readings);
        addMedian(chart, "first", 0, tenth - 1, series.shown(flatness.first()));
        addMedian(chart, "last", readings.size() - tenth, readings.size() - 1, series.shown(flatness.last()));
        return chart;
    }

    private void addMedian(XYChart chart, String name, int from, int to, double median) {
        double[] x = {minutes(from), minutes(to)};
        add(chart, name, x, new double[] {median, median}, MEDIAN, 5f);
    }

    private double minutes(int reading) {
        return readings.get(reading).minutes();
    }

    private static void add(XYChart chart, String name, double[] x, double[] y, Color colour, float width) {
        XYSeries line = chart.addSeries(name, x, y);
        line.setLineColor(colour);
        line.setMarker(SeriesMarkers.NONE);
        line.setLineStyle(new BasicStroke(width));
    }
}
