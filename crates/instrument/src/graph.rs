//! Who may suspend: the call graph, its cycles, and what follows for each function.
//!
//! Nodes are functions and, for calls through tables and references, one node a function type that leads to
//! every function of that type that a reference can name. Strongly connected components are found by
//! Tarjan's algorithm (SIAM J. Comput. 1(2), 1972), without recursion, callees before callers.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec;
use alloc::vec::Vec;

use crate::limit;
use crate::parse::Module;
use crate::scan::Scan;

/// What the call graph says, by function index.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Graph {
    /// A frame may be saved while this function is on the stack.
    pub(crate) suspends: Vec<bool>,
    /// It needs a poll at its entry: it is in a cycle of tail calls.
    pub(crate) entry_poll: Vec<bool>,
    /// It may run long without meeting a point, so all its calls are points.
    pub(crate) long: Vec<bool>,
    /// Whether a call through a reference may suspend, by type index.
    pub(crate) type_suspends: Vec<bool>,
    /// Calls that close a cycle of the call graph: caller, callee; ascending.
    closing: Vec<(u32, u32)>,
    /// Node of each type that references can be called by, numbered behind the functions.
    type_nodes: Vec<Option<u32>>,
}

impl Graph {
    /// Whether a call of a function is a point by itself, and not only when its callee unwinds.
    pub(crate) fn is_point(&self, caller: u32, target: u32) -> bool {
        self.long[caller as usize] || self.closing.binary_search(&(caller, target)).is_ok()
    }

    /// The same for a call through a reference.
    pub(crate) fn is_indirect_point(&self, caller: u32, ty: u32) -> bool {
        self.type_nodes[ty as usize].is_some_and(|node| self.is_point(caller, node))
    }
}

/// Builds the graph. `host_suspends` tells which imported functions may suspend, by function index.
pub(crate) fn build(module: &Module<'_>, scan: &Scan, referable: &[u32], host_suspends: &[bool]) -> Graph {
    let nodes = Nodes::new(module, referable);
    let imports = module.imported_functions as usize;
    let functions = module.functions.len();
    let mut edges = vec![Vec::new(); nodes.count];
    let mut tail_edges = vec![Vec::new(); nodes.count];
    for (position, facts) in scan.functions.iter().enumerate() {
        let tail = facts.tail_calls.iter().copied().chain(nodes.types(&facts.tail_indirect));
        tail_edges[imports + position].extend(tail.clone());
        let calls = facts.calls.iter().copied().chain(nodes.types(&facts.indirect));
        edges[imports + position].extend(calls.chain(tail));
    }
    nodes.join_types(module, referable, &mut edges);
    nodes.join_types(module, referable, &mut tail_edges);

    let entry_poll: Vec<bool> = components(&tail_edges).recursive.iter().take(functions).copied().collect();
    let components = components(&edges);
    let mut suspends = vec![false; nodes.count];
    let mut long = vec![false; nodes.count];
    let mut cost = vec![0_u64; nodes.count];
    // Components come callees first, and all of a cycle suspends, so one walk settles everything.
    for &node in &components.order {
        let node_index = node as usize;
        let facts = node_index.checked_sub(imports).and_then(|position| scan.functions.get(position));
        suspends[node_index] = components.recursive[node_index]
            || host_suspends.get(node_index).copied().unwrap_or(false)
            || entry_poll.get(node_index).copied().unwrap_or(false)
            || facts.is_some_and(|facts| facts.loops)
            || edges[node_index].iter().any(|&callee| suspends[callee as usize]);
        let callees = edges[node_index].iter().map(|&callee| cost[callee as usize]);
        cost[node_index] = match facts {
            Some(facts) => callees.fold(u64::from(facts.size), u64::saturating_add),
            None => callees.max().unwrap_or(1),
        };
        if cost[node_index] > limit::COST_WITHOUT_POINT && facts.is_some() {
            long[node_index] = true;
            suspends[node_index] = true;
        }
        if suspends[node_index] {
            cost[node_index] = 1;
        }
    }
    let type_suspends = (0..module.types.len())
        .map(|ty| nodes.node_of_type(ty).is_some_and(|node| suspends[node as usize]))
        .collect();
    suspends.truncate(functions);
    long.truncate(functions);
    let closing = components.closing(functions, &edges);
    Graph { suspends, entry_poll, long, type_suspends, closing, type_nodes: nodes.type_nodes }
}

/// Numbers of nodes: functions first, then the types that references can be called by.
struct Nodes {
    count: usize,
    type_nodes: Vec<Option<u32>>,
}

impl Nodes {
    /// Types of equal parameters and results share a node, whatever their index.
    fn new(module: &Module<'_>, referable: &[u32]) -> Self {
        let first = u32::try_from(module.functions.len()).expect("validated: fewer than 2^32 functions");
        let mut shapes = BTreeMap::new();
        let mut next = first;
        let mut type_nodes = vec![None; module.types.len()];
        for (index, ty) in module.types.iter().enumerate() {
            let Some(ty) = ty else { continue };
            let shape = alloc::format!("{:?}", loose_shape(ty));
            let node = *shapes.entry(shape).or_insert_with(|| {
                next += 1;
                next - 1
            });
            type_nodes[index] = Some(node);
        }
        let _ = referable;
        Self { count: next as usize, type_nodes }
    }

    fn node_of_type(&self, ty: usize) -> Option<u32> {
        self.type_nodes[ty]
    }

    fn types<'a>(&'a self, types: &'a [u32]) -> impl Iterator<Item = u32> + Clone + 'a {
        types.iter().filter_map(|&ty| self.node_of_type(ty as usize))
    }

    fn join_types(&self, module: &Module<'_>, referable: &[u32], edges: &mut [Vec<u32>]) {
        for &function in referable {
            let ty = module.functions[function as usize];
            if let Some(node) = self.node_of_type(ty as usize) {
                edges[node as usize].push(function);
            }
        }
    }
}

/// A signature with all references alike: subtypes must meet in one node.
fn loose_shape(ty: &wasmparser::FuncType) -> Vec<u8> {
    let letter = |ty: &wasmparser::ValType| match ty {
        wasmparser::ValType::I32 => b'i',
        wasmparser::ValType::I64 => b'l',
        wasmparser::ValType::F32 => b'f',
        wasmparser::ValType::F64 => b'd',
        wasmparser::ValType::V128 => b'v',
        wasmparser::ValType::Ref(_) => b'r',
    };
    let mut shape: Vec<u8> = ty.params().iter().map(letter).collect();
    shape.push(b'>');
    shape.extend(ty.results().iter().map(letter));
    shape
}

/// Strongly connected components.
///
/// `closing` edges lead from a node to one that the depth-first search had open: without them there is no cycle.
struct Components {
    closing: Vec<(u32, u32)>,
    /// All nodes, callees before callers.
    order: Vec<u32>,
    /// Whether a node can reach itself.
    recursive: Vec<bool>,
}

impl Components {
    /// Calls that close a cycle. Where a type's node leads back to a function, every call through that type does.
    fn closing(&self, functions: usize, edges: &[Vec<u32>]) -> Vec<(u32, u32)> {
        let closing_types: BTreeSet<u32> =
            self.closing.iter().map(|&(from, _)| from).filter(|&from| from as usize >= functions).collect();
        let mut closing: Vec<(u32, u32)> = self.closing.clone();
        for (caller, callees) in (0_u32..).zip(&edges[..functions]) {
            closing.extend(callees.iter().filter(|ty| closing_types.contains(ty)).map(|&ty| (caller, ty)));
        }
        closing.sort_unstable();
        closing.dedup();
        closing
    }
}

fn components(edges: &[Vec<u32>]) -> Components {
    const UNSEEN: u32 = u32::MAX;
    let count = edges.len();
    let mut found =
        Components { closing: Vec::new(), order: Vec::with_capacity(count), recursive: vec![false; count] };
    let mut on_path = vec![false; count];
    let mut index = vec![UNSEEN; count];
    let mut low = vec![0_u32; count];
    let mut open = vec![false; count];
    let mut stack = Vec::new();
    let mut work: Vec<(u32, usize)> = Vec::new();
    let mut next = 0;
    for root in 0..u32::try_from(count).expect("fewer than 2^32 nodes") {
        if index[root as usize] != UNSEEN {
            continue;
        }
        work.push((root, 0));
        while let Some((node, edge)) = work.pop() {
            let at = node as usize;
            if edge == 0 {
                index[at] = next;
                low[at] = next;
                next += 1;
                stack.push(node);
                open[at] = true;
                on_path[at] = true;
            }
            if let Some(&callee) = edges[at].get(edge) {
                work.push((node, edge + 1));
                if index[callee as usize] == UNSEEN {
                    work.push((callee, 0));
                } else if open[callee as usize] {
                    if on_path[callee as usize] {
                        found.closing.push((node, callee));
                    }
                    low[at] = low[at].min(index[callee as usize]);
                }
                continue;
            }
            on_path[at] = false;
            if let Some(&(caller, _)) = work.last() {
                low[caller as usize] = low[caller as usize].min(low[at]);
            }
            if low[at] == index[at] {
                let begin = found.order.len();
                while let Some(member) = stack.pop() {
                    open[member as usize] = false;
                    found.order.push(member);
                    if member == node {
                        break;
                    }
                }
                let cycle = found.order.len() - begin > 1 || edges[at].contains(&node);
                for &member in &found.order[begin..] {
                    found.recursive[member as usize] = cycle;
                }
            }
        }
    }
    found
}
