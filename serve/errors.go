package serve

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	grpcstatus "google.golang.org/grpc/status"

	"molserve/onnx"
	"molserve/onnx/rows"
	v2 "molserve/serve/v2"
)

// code names what is wrong with a request. The codes are part of the contract (docs/http.md).
type code string

const (
	codeBadJSON        code = "bad_json"               // not JSON, or JSON that says one thing twice
	codeBadRequest     code = "bad_request"            // JSON of another shape than the contract's
	codeBadText        code = "bad_text"               // bytes that are not UTF-8
	codeBadCSV         code = "bad_csv"                // no such column, uneven rows, stray quotes
	codeBadQuery       code = "bad_query"              // a query parameter that the route does not have
	codeBadHeader      code = "bad_header"             //
	codeIncomplete     code = "incomplete_body"        // the connection ended or stalled in the body
	codeUnknownOutput  code = "unknown_output"         // the model has no output of that name
	codeAdminOnly      code = "admin_only"             // the route is on the admin listener
	codeForeign        code = "foreign_request"        // by Host, Origin or Sec-Fetch-Site, without a token
	codeUnauthorized   code = "unauthorized"           // nobody knows who asks
	codeForbidden      code = "forbidden"              // the client has not the role
	codeUnknownRoute   code = "unknown_route"          //
	codeUnknownModel   code = "unknown_model"          //
	codeUnknownVersion code = "unknown_version"        // no such version, or it is not in memory
	codeMethod         code = "method_not_allowed"     //
	codeBodyTooLarge   code = "body_too_large"         //
	codeTooMany        code = "too_many_molecules"     //
	codeMediaType      code = "unsupported_media_type" // of the body, or a compressed body
	codeKind           code = "unsupported_kind"       // the model does not take this kind of input
	codeVersionActive  code = "version_active"         // it serves, and cannot be unloaded
	codeVersionRefused code = "version_refused"        // it did not prove itself
	codeNoPrevious     code = "no_previous_version"    // to roll back to
	codeQueueFull      code = "queue_full"             //
	codeRateLimited    code = "rate_limited"           // the client must wait until its debts are paid
	codeClientGone     code = "client_gone"            // nobody reads this one
	codeInternal       code = "internal"               //
	codeLoading        code = "loading"                // not proved yet, or no version could be
	codeUnloaded       code = "unloaded"               // the model, by call
	codeStopping       code = "stopping"               //
	codeDeadline       code = "deadline"               //
	codeUnsupported    code = "unsupported"            // of the Open Inference Protocol
)

// statusClientGone is for the log only: the client that would read it has left.
const statusClientGone = 499

// fault is an error that the client may read.
type fault struct {
	code    code
	message string
	pointer string        // JSON pointer into the request's body; empty: none
	retry   time.Duration // when to come back, of 429 and 503; 0: in a moment
}

func (f *fault) Error() string { return fmt.Sprintf("%s: %s", f.code, f.message) }

func refuse(c code, format string, args ...any) *fault { return refuseAt("", c, format, args...) }

// refuseAt is refuse with a place in the body.
func refuseAt(pointer string, c code, format string, args ...any) *fault {
	return &fault{code: c, message: beginning(fmt.Sprintf(format, args...), longestMessage), pointer: beginning(pointer, longestPointer)}
}

// What a client wrote may stand in a message and in a pointer. They go back to it, and messages into the log.
const (
	longestMessage = 4 << 10
	longestPointer = 1 << 10
)

// beginning is at most so many bytes of a text, which then says that it had more.
func beginning(text string, bytes int) string {
	if len(text) <= bytes {
		return text
	}
	return strings.ToValidUTF8(text[:bytes], "") + "…"
}

// queueFull is the refusal of a full house. It has the same words each time, which are made once.
func queueFull(retry time.Duration) *fault {
	f := fullHouse
	f.retry = retry
	return &f
}

var fullHouse = fault{code: codeQueueFull, message: "too many requests are waiting for this model; try again in a moment"}

// errStopping ends the requests that outlive the grace.
var errStopping = refuse(codeStopping, "the server is stopping")

// explain turns any error into what the client may know of it. What nobody foresaw is internal, and
// its text stays in the log.
func explain(err error) *fault {
	var f *fault
	var bad *v2.Error
	var tensor *onnx.TensorError
	var chain *onnx.ChainError
	switch {
	case errors.As(err, &chain):
		return chainFault(chain)
	case errors.As(err, &f):
		return f
	case errors.As(err, &bad) && bad.Unsupported:
		return refuse(codeUnsupported, "%s", bad)
	case errors.As(err, &bad):
		return refuse(codeBadRequest, "%s", bad)
	case errors.As(err, &tensor):
		return refuse(codeBadRequest, "%s", tensor)
	case errors.Is(err, onnx.ErrKind):
		return refuse(codeKind, "%s", err)
	case isStatus(err):
		return statusFault(grpcstatus.Convert(err))
	case errors.Is(err, context.DeadlineExceeded):
		return refuse(codeDeadline, "not done within the deadline; send fewer molecules at a time")
	case errors.Is(err, context.Canceled):
		return errLeft
	}
	return refuse(codeInternal, "internal error; the server's log has the cause")
}

// status is the one switch from errors to HTTP.
func status(c code) int {
	switch c {
	case codeBadJSON, codeBadRequest, codeBadText, codeBadCSV, codeBadQuery, codeBadHeader, codeIncomplete, codeUnknownOutput:
		return http.StatusBadRequest
	case codeUnauthorized:
		return http.StatusUnauthorized
	case codeAdminOnly, codeForeign, codeForbidden:
		return http.StatusForbidden
	case codeUnknownRoute, codeUnknownModel, codeUnknownVersion:
		return http.StatusNotFound
	case codeMethod:
		return http.StatusMethodNotAllowed
	case codeBodyTooLarge, codeTooMany:
		return http.StatusRequestEntityTooLarge
	case codeMediaType:
		return http.StatusUnsupportedMediaType
	case codeKind:
		return http.StatusUnprocessableEntity
	case codeQueueFull, codeRateLimited:
		return http.StatusTooManyRequests
	case codeClientGone:
		return statusClientGone
	case codeVersionActive, codeVersionRefused, codeNoPrevious:
		return http.StatusConflict
	case codeLoading, codeUnloaded, codeStopping:
		return http.StatusServiceUnavailable
	case codeUnsupported:
		return http.StatusNotImplemented
	case codeDeadline:
		return http.StatusGatewayTimeout
	}
	return http.StatusInternalServerError
}

// body returns {"error": {"code", "message", "pointer"?}}.
func (f *fault) body() []byte {
	b := rows.AppendString([]byte(`{"error":{"code":`), string(f.code))
	b = rows.AppendString(append(b, `,"message":`...), f.message)
	if f.pointer != "" {
		b = rows.AppendString(append(b, `,"pointer":`...), f.pointer)
	}
	return append(b, "}}\n"...)
}
