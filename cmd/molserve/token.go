package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"molserve/serve/auth"
)

func tokenCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "token",
		Short: "Make a token for 'serve --tokens', or check the file of them",
		Args:  noArguments,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	c.AddCommand(newTokenCommand(), checkTokensCommand())
	return c
}

// entry is a line of a file of tokens in the making.
type entry struct {
	file, name, burst, expires   string
	roles, models                []string
	moleculesPerSec, atomsPerSec float64
}

func newTokenCommand() *cobra.Command {
	var e entry
	c := &cobra.Command{
		Use:   "new --name NAME --role ROLE",
		Short: "Make a fresh token and the line of the file that lets it in",
		Long: `new makes a token of 256 random bits. It is shown once and kept nowhere: the file has its SHA-256.
Without --file the line to add goes to standard output and the token to standard error. With --file the
line is added to FILE, which the server reads again by itself, and the token goes to standard output.`,
		Example: `  TOKEN=$(molserve token new --file tokens --name screening --role infer --role read)
  molserve token new --name nightly --role infer --model esol-gcn --molecules-per-second 200 --expires 2027-06-30 >> tokens`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return e.make(cmd.OutOrStdout(), cmd.ErrOrStderr()) },
	}
	f := c.Flags()
	f.StringVar(&e.name, "name", "", "name of the client, for log and metrics")
	f.StringSliceVar(&e.roles, "role", nil, "infer, read or admin, none of which implies another; may stand again")
	f.StringSliceVar(&e.models, "model", nil, "the only models that the client may use; may stand again (default: all)")
	f.Float64Var(&e.moleculesPerSec, "molecules-per-second", 0, "rate in molecules (default: unbounded)")
	f.Float64Var(&e.atomsPerSec, "atoms-per-second", 0, "rate in atoms (default: unbounded)")
	f.StringVar(&e.burst, "burst", "", "how much of a rate may be had at once, as a time (default 10s)")
	f.StringVar(&e.expires, "expires", "", "when the token ends, such as 2027-01-31 or 2027-01-31T18:00:00Z (default: never)")
	f.StringVar(&e.file, "file", "", "file to add the line to; it is made when it is not there")
	return c
}

func (e *entry) make(stdout, stderr io.Writer) error {
	if e.name == "" || len(e.roles) == 0 {
		return usagef("name the client and what it may do: --name NAME --role ROLE")
	}
	token := auth.NewToken()
	line := e.line(auth.Hash(token))
	if _, err := auth.Parse([]byte(line)); err != nil {
		return usagef("the entry would be refused: %s", strings.ReplaceAll(err.Error(), "line 1: ", ""))
	}
	if e.file != "" {
		if err := addLine(e.file, line); err != nil {
			return err
		}
		_, err := fmt.Fprintln(stdout, token)
		return err
	}
	fmt.Fprintf(stderr, "molserve: the token, which is shown this once: %s\nmolserve: the line for the file of tokens:\n", token)
	_, err := io.WriteString(stdout, line)
	return err
}

func (e *entry) line(hash string) string {
	words := []string{e.name, "sha256=" + hash, "roles=" + strings.Join(e.roles, ",")}
	add := func(key, value string) {
		if value != "" {
			words = append(words, key+"="+value)
		}
	}
	number := func(x float64) string {
		if x == 0 {
			return ""
		}
		return strconv.FormatFloat(x, 'g', -1, 64)
	}
	add("models", strings.Join(e.models, ","))
	add("molecules_per_second", number(e.moleculesPerSec))
	add("atoms_per_second", number(e.atomsPerSec))
	add("burst", e.burst)
	add("expires", e.expires)
	return strings.Join(words, " ") + "\n"
}

// addLine adds a line to a file of tokens that is right before and after. Nobody else may read a file that it makes.
func addLine(path, line string) error {
	old, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if len(old) > 0 && old[len(old)-1] != '\n' {
		line = "\n" + line
	}
	if _, err := auth.Parse(append(old, line...)); err != nil {
		return fmt.Errorf("%s with the new line would be refused, and is left as it was:\n%w", path, err)
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if _, err := f.WriteString(line); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}

func checkTokensCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "check FILE",
		Short: "Say what is wrong with a file of tokens, or who may do what by it",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			data, err := os.ReadFile(args[0])
			if err != nil {
				return err
			}
			set, err := auth.Parse(data)
			if err != nil {
				return fmt.Errorf("%s:\n%w", args[0], err)
			}
			return writeClients(cmd.OutOrStdout(), set.Clients, time.Now())
		},
	}
}

func writeClients(w io.Writer, clients []*auth.Client, now time.Time) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "CLIENT\tKNOWN BY\tROLES\tMODELS\tMOLECULES/S\tATOMS/S\tEXPIRES")
	for _, c := range clients {
		by, models, expires := "token", "all", "never"
		if c.Certificate != "" {
			by = "certificate " + c.Certificate
		}
		if c.Models != nil {
			models = strings.Join(c.Models, ",")
		}
		if !c.Expires.IsZero() {
			expires = c.Expires.Format(time.RFC3339)
			if !now.Before(c.Expires) {
				expires += " (over)"
			}
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", c.Name, by, c.Roles, models, rateInWords(c.Molecules), rateInWords(c.Atoms), expires)
	}
	return t.Flush()
}

func rateInWords(b *auth.Bucket) string {
	if b == nil {
		return "-"
	}
	rate, burst := b.Limits()
	return fmt.Sprintf("%g (%g at once)", rate, burst)
}
