package io.handoff.benchmarks.compare;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.util.Map;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.Marker;

/** What the plots have in common: the same look, and for each server the same colour everywhere. */
final class Plots {

    /** Told apart by those who do not see red and green, too (Okabe and Ito). */
    private static final Map<Contender, Color> COLOURS = Map.of(
            Contender.OURS, new Color(0x0072B2),
            Contender.OURS_TWO_LOOPS, new Color(0x56B4E9),
            Contender.REFERENCE, new Color(0xD55E00),
            Contender.FLOOR, new Color(0x595959),
            Contender.RECONNECT, new Color(0x009E73));

    private Plots() {}

    static void style(XYChart chart) {
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

    static void addSeries(XYChart chart, Contender server, double[] x, double[] y, Marker marker) {
        XYSeries series = chart.addSeries(server.title(), x, y);
        series.setLineColor(COLOURS.get(server));
        series.setMarkerColor(COLOURS.get(server));
        series.setMarker(marker);
        series.setLineStyle(new BasicStroke(2.5f));
    }
}
