package dev.rlhf.rollout;

import okhttp3.HttpUrl;

/** How a generation server refuses what it was not started for. */
final class VllmService implements HttpCalls.Service {
    private static final int UNAUTHORIZED = 401;
    private static final int NOT_FOUND = 404;
    private static final int METHOD_NOT_ALLOWED = 405;

    @Override
    public String name() {
        return "generation server";
    }

    @Override
    public String remedy(HttpUrl url, int status, String text) {
        boolean noRoute = status == METHOD_NOT_ALLOWED || (status == NOT_FOUND && !text.contains("does not exist"));
        if (status == UNAUTHORIZED) {
            return "; the server asks for a key: set VLLM_API_KEY to what it was started with (--api-key)";
        }
        if (noRoute && url.encodedPath().contains("/v1/")) {
            return "; nothing there speaks vLLM's protocol: look at the address and at what listens there";
        }
        return noRoute ? "; it was started without its routes for training: set VLLM_SERVER_DEV_MODE=1" : "";
    }

    @Override
    public String whereNobodyListens() {
        return "; start the server, or give the address where it listens";
    }

    /** A text of Java's holds no more; how long an answer may be, its request says. */
    @Override
    public long mostBytes() {
        return Integer.MAX_VALUE - 1L;
    }
}
