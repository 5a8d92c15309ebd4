"""The operator's command line."""

import typer

from earshot_ops.commands.account import account
from earshot_ops.commands.connect import connect
from earshot_ops.commands.correct import correct
from earshot_ops.commands.cost import cost
from earshot_ops.commands.doctor import doctor
from earshot_ops.commands.erase import erase
from earshot_ops.commands.explain import explain
from earshot_ops.commands.export import export
from earshot_ops.commands.import_file import import_file
from earshot_ops.commands.learned import learned
from earshot_ops.commands.letters import letters
from earshot_ops.commands.mail_flow import mail
from earshot_ops.commands.merge import merge, unmerge
from earshot_ops.commands.mode import go_live, observe
from earshot_ops.commands.plays import plays
from earshot_ops.commands.rebuild import rebuild
from earshot_ops.commands.replay import replay
from earshot_ops.commands.restore import restore
from earshot_ops.commands.sources import sources
from earshot_ops.commands.weights import weights
from earshot_ops.commands.why import why

EXIT_CODES = (
    "Exit codes: 0 done; 1 problems were found, or nothing was found; 2 wrong usage; "
    "3 AWS cannot be reached, or the stage is not deployed."
)

app = typer.Typer(
    name="earshot",
    help="Earshot: what the operator does. Commands mean the local stack of `make dev` unless "
    f"--stage names another.\n\n{EXIT_CODES}",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("import", epilog=EXIT_CODES)(import_file)
app.command("export", epilog=EXIT_CODES)(export)
app.command("correct", epilog=EXIT_CODES)(correct)
app.command("merge", epilog=EXIT_CODES)(merge)
app.command("unmerge", epilog=EXIT_CODES)(unmerge)
app.command("connect", epilog=EXIT_CODES)(connect)
app.command("sources", epilog=EXIT_CODES)(sources)
app.command("why", epilog=EXIT_CODES)(why)
app.command("explain", epilog=EXIT_CODES)(explain)
app.command("account", epilog=EXIT_CODES)(account)
app.command("plays", epilog=EXIT_CODES)(plays)
app.command("weights", epilog=EXIT_CODES)(weights)
app.command("learned", epilog=EXIT_CODES)(learned)
app.command("erase", epilog=EXIT_CODES)(erase)
app.command("letters", epilog=EXIT_CODES)(letters)
app.command("replay", epilog=EXIT_CODES)(replay)
app.command("rebuild", epilog=EXIT_CODES)(rebuild)
app.command("restore", epilog=EXIT_CODES)(restore)
app.command("doctor", epilog=EXIT_CODES)(doctor)
app.command("go-live", epilog=EXIT_CODES)(go_live)
app.command("mail", epilog=EXIT_CODES)(mail)
app.command("observe", epilog=EXIT_CODES)(observe)
app.command("cost", epilog=EXIT_CODES)(cost)


def main() -> None:
    app()
