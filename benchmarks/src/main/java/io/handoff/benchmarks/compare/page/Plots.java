package io.handoff.benchmarks.compare.page;

import io.handoff.benchmarks.compare.contender.Contender;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.Marker;

/** What the plots have in common: the same look, and for each server the same colour everywhere. */
public final class Plots {

    private Plots() {}

    /** Told apart by those who do not see red and green, too (Okabe and Ito). */
    static Color colour(Contender server) {
        return new Color(
                switch (server) {
                    case OURS -> 0x0072B2;
                    case OURS_TWO_LOOPS -> 0x56B4E9;
                    case REFERENCE -> 0xD55E00;
                    case FLOOR -> 0x595959;
                    case FLOOR_IN_C -> 0x000000;
                    case RECONNECT -> 0x009E73;
                });
    }

    /**
     * Gives a chart the look of all charts.
     *
     * @param chart the chart
     */
    public static void style(XYChart chart) {
        chart.getStyler()
                .setChartBackgroundColor(Color.WHITE)
                .setPlotBackgroundColor(Color.WHITE)
                .setChartTitleFont(new Font(Font.SANS_SERIF, Font.BOLD, 18))
                .setLegendFont(new Font(Font.SANS_SERIF, Font.PLAIN, 14))
                .setLegendPosition(Styler.LegendPosition.OutsideS)
                .setLegendLayout(Styler.LegendLayout.Horizontal);
        chart.getStyler()
                .setAxisTitleFont(new Font(Font.SANS_SERIF, Font.PLAIN, 15))
                .setAxisTickLabelsFont(new Font(Font.SANS_SERIF, Font.PLAIN, 13))
                .setPlotGridLinesColor(new Color(0xDDDDDD));
    }

    /**
     * Where a logarithmic axis has a value: XChart's own labels decades alone, as 1E4. A latency of zero is that of a server that
     * has completed nothing.
     */
    static double logarithmic(double micros) {
        return Math.log10(Math.max(micros, 1));
    }

    /** Labels a vertical axis of {@link #logarithmic} values with the values themselves, to two digits. */
    static void labelLogarithmic(XYChart chart) {
        chart.getStyler().setyAxisTickLabelsFormattingFunction(position -> {
            BigDecimal value = BigDecimal.valueOf(Math.pow(10, position)).round(new MathContext(2));
            return String.format(Locale.ROOT, value.scale() > 0 ? "%." + value.scale() + "f" : "%,.0f", value);
        });
    }

    static void addSeries(XYChart chart, Contender server, double[] x, double[] y, Marker marker) {
        XYSeries series = chart.addSeries(server.title(), x, y);
        series.setLineColor(colour(server));
        series.setMarkerColor(colour(server));
        series.setMarker(marker);
        series.setLineStyle(new BasicStroke(2.5f));
    }
}
