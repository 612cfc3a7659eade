package serve

import (
	"math"

	"molserve/preprocess"
)

// DecodeJSON reads the JSON body of a predict request as the route does, with any number of records. An
// error says what is wrong with the body and where.
func DecodeJSON(body []byte) ([]preprocess.Record, error) {
	text, err := textOf(body)
	if err != nil {
		return nil, err
	}
	q := &request{max: math.MaxInt}
	if err := parseJSON(text, q); err != nil {
		return nil, err
	}
	if err := q.standardize(); err != nil {
		return nil, err
	}
	return q.records, nil
}
