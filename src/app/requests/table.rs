//! The one list of requests: slots, jobs, answers and how they are carried out are made of it.

/// Hands the list to a macro. A line is a slot, what it is for, and the requests whose questions go into it.
macro_rules! each_request {
    ($made:ident) => {
        $made! {
            /// Configuration, key and client.
            Session: OpenSession;
            /// Whose key this is.
            Identity: Identify;
            /// The profiles of the configuration.
            Profiles: ReadProfiles;
            /// The provider catalog.
            Catalog: ReadCatalog;
            /// Names of agents.
            Agents: ReadAgents;
            /// The walk over the list that is under way.
            Walk: WalkList;
            /// The search over the rows that are here.
            Search: SearchRows;
            /// How often ids were copied.
            Copies: CountCopies;
            /// A text on its way to the clipboard.
            Clipboard: CopyOut, CopyBody;
            /// A browser that was asked to open a link.
            Launch: OpenLink;
            /// The body of a request in the person's own editor.
            Editor: EditText;
            /// The test call that is under way.
            Call: SendCall, FollowCall;
            /// What can be called at a provider.
            Operations: ListOperations, ReadOperation;
            /// A large body that is being read.
            Body: OpenBody;
            /// A large body that is being searched.
            BodySearch: SearchBody;
            /// Folds of a large body that are being changed.
            Folds: FoldBody;
            /// The text of a large body that is being broken into rows.
            Wrap: WrapBody;
            /// The jq filter that is running.
            Filter: FilterBody;
            /// A body that is being written into a file.
            Save: SaveBody;
            /// A part of the list of past calls.
            Records: ListRecords;
            /// One past call.
            Record: ReadRecord;
            /// Two past calls that are being compared.
            Compare: CompareRecords;
            /// Past calls that are being forgotten.
            Forget: ForgetRecords;
            /// A change of files that is planned or made.
            Change: PlanChange, WriteChange;
            /// A link that somebody opens: the session behind it is planned or waited for.
            Link: PlanSession, RunSession, SignIn, ChangeUser;
            /// A scan of files.
            Scan: ScanFiles;
            /// A smoke test that is planned or under way.
            Smoke: PlanSmoke, RunSmoke;
            /// Verdicts of earlier smoke tests that are being read.
            Verdicts: ReadVerdicts;
            /// A revocation that is planned or under way.
            Revoke: PlanRevoke, RunRevoke;
            /// An agent that loses a grant.
            Access: RevokeAccess;
        }
    };
}

pub(crate) use each_request;
