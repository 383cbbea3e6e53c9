package dev.rlhf.serve;

import io.javalin.http.HttpResponseException;
import io.javalin.http.HttpStatus;
import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** A request that is answered with an error body. */
final class ApiException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String type;
    private final @Nullable String parameter;

    private ApiException(int status, String type, String message, @Nullable String parameter) {
        super(message);
        this.status = status;
        this.type = type;
        this.parameter = parameter;
    }

    /** 400: the request is wrong; {@code parameter} names the field. */
    static ApiException badRequest(String message, @Nullable String parameter) {
        return new ApiException(400, "BadRequestError", message, parameter);
    }

    /** What the HTTP server itself refuses: no such route or method, a body too large. */
    static ApiException of(HttpResponseException refusal) {
        HttpStatus status = HttpStatus.forStatus(refusal.getStatus());
        return new ApiException(status.getCode(), status.getMessage(), String.valueOf(refusal.getMessage()), null);
    }

    /** 404: no such model. */
    static ApiException notFound(String message, @Nullable String parameter) {
        return new ApiException(404, "NotFoundError", message, parameter);
    }

    /** 408: what was asked came too slowly. */
    static ApiException tooSlow(String message) {
        return new ApiException(408, "RequestTimeoutError", message, null);
    }

    /** 413: more was asked than the server reads. */
    static ApiException tooLarge(String message) {
        return new ApiException(413, "ContentTooLargeError", message, null);
    }

    /** 503: the server cannot answer now. */
    static ApiException unavailable(String message) {
        return new ApiException(503, "ServiceUnavailableError", message, null);
    }

    /** 500: the server failed. */
    static ApiException internal(String message) {
        return new ApiException(500, "InternalServerError", message, null);
    }

    /** 500: the model's numbers are not finite, which no repetition changes. */
    static ApiException diverged(String message) {
        return new ApiException(500, "DivergedError", message, null);
    }

    int status() {
        return status;
    }

    String type() {
        return type;
    }

    @Nullable
    String parameter() {
        return parameter;
    }
}
