package dev.rlhf.driver.report;

import dev.rlhf.core.base.Constant;

/** How the numbers of a chart are drawn and written. */
enum ChartForm {
    /** Lines of plain numbers. */
    NUMBER,
    /** Lines of shares, written in per cent. */
    SHARE,
    /** Seconds of a step, one phase upon the other. */
    STACKED_SECONDS;

    /** The name that the page's script knows it by. */
    String text() {
        return Constant.text(this);
    }
}
